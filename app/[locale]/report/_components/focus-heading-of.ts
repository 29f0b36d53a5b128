/** A pressed button goes with what it has done: the focus moves to the heading of its card instead of falling out of the page. */
export function focusHeadingOf(card: Element | null): void {
  card?.querySelector<HTMLElement>('h2, h3')?.focus()
}
