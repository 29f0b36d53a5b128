/** The id of the desk's links: a popover on a narrow screen, which opens without script, and a row on a wide one. */
export const DESK_MENU = 'desk-menu'
