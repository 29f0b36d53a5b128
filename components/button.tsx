import type { ComponentProps } from 'react'
import styles from './button.module.css'

interface Look {
  /** `primary`: the one thing that a page is for. Default `secondary`. */
  look?: 'primary' | 'secondary' | 'quiet' | 'danger'
  size?: 'normal' | 'large'
}

export function Button({ look = 'secondary', size = 'normal', type = 'button', className, ...rest }: Look & ComponentProps<'button'>) {
  return <button type={type} className={classes(look, size, className)} {...rest} />
}

/** Goes somewhere, so it is a link, however it looks. */
export function ButtonLink({ look = 'secondary', size = 'normal', className, children, ...rest }: Look & ComponentProps<'a'>) {
  return (
    <a className={classes(look, size, className)} {...rest}>
      {children}
    </a>
  )
}

function classes(look: NonNullable<Look['look']>, size: NonNullable<Look['size']>, more: string | undefined): string {
  return [styles.button, styles[look], styles[size], more].filter(Boolean).join(' ')
}
