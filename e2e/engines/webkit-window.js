// A window with WebKitGTK that a WebDriver drives, run by gjs: WebKit's own test browser forgets its profile when it is driven.
import GLib from 'gi://GLib'
import Gtk from 'gi://Gtk?version=3.0'
import WebKit from 'gi://WebKit2?version=4.1'

const [profileFolder] = ARGV
Gtk.init(null)

const kept = new WebKit.WebsiteDataManager({ base_data_directory: `${profileFolder}/data`, base_cache_directory: `${profileFolder}/cache` })
const context = new WebKit.WebContext({ website_data_manager: kept })
context.get_cookie_manager().set_persistent_storage(`${profileFolder}/cookies.sqlite`, WebKit.CookiePersistentStorage.SQLITE)
context.set_automation_allowed(true)
context.connect('automation-started', (_context, session) => {
  const application = new WebKit.ApplicationInfo()
  application.set_name('WebKitGTK')
  application.set_version(WebKit.get_major_version(), WebKit.get_minor_version(), WebKit.get_micro_version())
  session.set_application_info(application)
  session.connect('create-web-view', () => {
    const view = new WebKit.WebView({ web_context: context, is_controlled_by_automation: true })
    const window = new Gtk.Window({ default_width: 420, default_height: 860 })
    window.add(view)
    window.show_all()
    return view
  })
})

GLib.MainLoop.new(null, false).run()
