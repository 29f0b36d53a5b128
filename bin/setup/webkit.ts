import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { canFetchDebianPackages, fetchDebianPackages, libraryFolder } from './debian-packages.ts'
import { findProgram } from './find-program.ts'
import { fontEnvironment, fontPackages } from './font-configuration.ts'
import { belowWorkingDirectory, relocateProgram } from './relocate-program.ts'

export interface WebKitPrograms {
  /** WebKitGTK's WebDriver. */
  driverPath: string
  /** Runs a script that shows WebKitGTK in a window: what the driver starts as the browser. */
  gjsPath: string
  env: Record<string, string>
  /** Where the driver must be started: fetched helper processes are found from there. */
  cwd: string
  display: { xvfbPath: string; args: string[]; cwd: string }
}

const packages = ['libwebkit2gtk-4.1-0', 'webkit2gtk-driver', 'gjs', 'gir1.2-webkit2-4.1', 'xvfb', 'x11-xkb-utils', 'xkb-data']
const library = 'libwebkit2gtk-4.1.so.0'
const partsFolder = 'webkit2gtk-4.1'
/** There is no graphics card in a virtual display, and nobody listens for accessibility. */
const plain = { WEBKIT_DISABLE_COMPOSITING_MODE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1', NO_AT_BRIDGE: '1', GTK_A11Y: 'none' }

/** WebKitGTK with its driver, gjs and Xvfb: as installed, else Debian's packages fetched into the tools folder. */
export async function prepareWebKit(tools: string, say?: (detail: string) => void): Promise<WebKitPrograms> {
  const installed = installedWebKit()
  if (installed) return installed
  const { root, env } = await fetchDebianPackages(tools, [...packages, ...fontPackages], say)
  const libraries = libraryFolder(root)
  const programs = join(root, 'usr/bin')
  const relocated = join(tools, 'relocated')
  const parts = join(libraryFolder('/'), partsFolder)
  relocateProgram({ from: join(libraries, library), to: join(relocated, library), path: parts, instead: belowWorkingDirectory(partsFolder, parts.length) })
  // It starts xkbcomp from there to make its keyboard.
  relocateProgram({ from: join(programs, 'Xvfb'), to: join(relocated, 'Xvfb'), path: '/usr/bin', instead: '././././' })
  // The system may have these already: then they were not fetched.
  const drawing = {
    __EGL_VENDOR_LIBRARY_DIRS: [root, '/'].map((folder) => join(folder, 'usr/share/glvnd/egl_vendor.d')).join(':'),
    LIBGL_DRIVERS_PATH: [root, '/'].map((folder) => join(libraryFolder(folder), 'dri')).join(':'),
  }
  const typelibs = ['girepository-1.0', 'gjs/girepository-1.0'].map((folder) => join(libraries, folder))
  return {
    driverPath: join(programs, 'WebKitWebDriver'),
    gjsPath: join(programs, 'gjs'),
    env: { ...plain, ...drawing, ...fontEnvironment(tools, root), LD_LIBRARY_PATH: `${relocated}:${env.LD_LIBRARY_PATH}`, GI_TYPELIB_PATH: typelibs.join(':') },
    cwd: libraries,
    display: { xvfbPath: join(relocated, 'Xvfb'), args: ['-xkbdir', join(root, 'usr/share/X11/xkb')], cwd: programs },
  }
}

/** Why WebKitGTK cannot run here, or null. */
export function missingForWebKit(): string | null {
  return installedWebKit() || canFetchDebianPackages() ? null : `${packages.join(', ')} are not all installed, and there is no apt-get to fetch them with`
}

function installedWebKit(): WebKitPrograms | null {
  const [driverPath, gjsPath, xvfbPath] = ['WebKitWebDriver', 'gjs', 'Xvfb'].map(findProgram)
  const bindings = join(libraryFolder('/'), 'girepository-1.0/WebKit2-4.1.typelib')
  if (!driverPath || !gjsPath || !xvfbPath || !existsSync(bindings)) return null
  return { driverPath, gjsPath, env: { ...plain }, cwd: '/', display: { xvfbPath, args: [], cwd: '/' } }
}
