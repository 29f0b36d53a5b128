import type { Text } from '../../../messages/text-in.ts'
import { utility } from '../../../utility.config.ts'
import styles from '../account.module.css'

/** What to do when no code comes. It says the same to everybody. */
export function NoCode({ again, text }: { again: string; text: Text }) {
  const [before, after] = text('identity.codeStep.noCodeCall').split('{number}')
  return (
    <section className={styles.section} aria-labelledby="no-code">
      <h2 id="no-code">{text('identity.codeStep.noCode')}</h2>
      <ul className={styles.points}>
        <li>{text('identity.codeStep.noCodeSpam')}</li>
        <li>{text('identity.codeStep.noCodeCheck')}</li>
        <li>
          {before}
          <a href={`tel:${utility.outageLine.dial}`}>{utility.outageLine.shown}</a>
          {after}
        </li>
      </ul>
      <p className={styles.ways}>
        <a href={again}>{text('identity.codeStep.again')}</a>
      </p>
    </section>
  )
}
