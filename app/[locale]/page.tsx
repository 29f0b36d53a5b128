import type { Metadata } from 'next'
import { ButtonLink } from '../../components/button.tsx'
import type { Locale } from '../../domain/report-choices.ts'
import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import { AreaLevel, type AreaLevelProps } from './_components/area-level.tsx'
import { classNames } from './_components/class-names.ts'
import styles from './home.module.css'

interface Props {
  params: Promise<{ locale: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { description: textIn((await params).locale as Locale)('home.description') }
}

export default async function HomePage({ params }: Props) {
  const locale = (await params).locale as Locale
  const text = textIn(locale)
  const [beforeNumber, afterNumber] = text('home.dangerText').split('{number}')
  const steps = [
    { title: text('home.stepSaved'), words: text('home.stepSavedText') },
    { title: text('home.stepReceived'), words: text('home.stepReceivedText') },
    { title: text('home.stepDesk'), words: text('home.stepDeskText') },
  ]
  const level: AreaLevelProps = {
    locale,
    words: {
      calm: { title: text('home.levelCalm'), words: text('home.levelCalmText') },
      elevated: { title: text('home.levelElevated'), words: text('home.levelElevatedText') },
      storm: { title: text('home.levelStorm'), words: text('home.levelStormText') },
      asOf: text('home.statusAsOf'),
      loading: text('home.statusLoading'),
      unknown: text('home.statusUnknown'),
      stale: text('home.statusStale'),
    },
  }
  // The build takes the attributes of the one part that a script keeps current (worker/build-page-scripts.ts).
  return (
    <div className={styles.page}>
      <div className={styles.opening}>
        <h1 className={styles.title}>{text('home.title')}</h1>
        <p className={styles.lead}>{text('home.lead')}</p>
        <ButtonLink look="primary" size="large" href={`/${locale}/report`} className={styles.action}>
          {text('home.reportAction')}
        </ButtonLink>
        <p className={styles.takes}>{text('home.reportTakes')}</p>
        <p>
          <a href={`/${locale}/reports`} className={styles.own}>
            {text('home.ownReports')}
          </a>
        </p>
      </div>
      <section className={styles.danger} aria-labelledby="danger">
        <h2 id="danger">{text('home.dangerTitle')}</h2>
        <p>
          {beforeNumber}
          <a href={`tel:${utility.emergency.dial}`}>{utility.emergency.shown}</a>
          {afterNumber}
        </p>
      </section>
      <section className={styles.status} aria-labelledby="status">
        <h2 id="status" className={styles.kicker}>
          {text('home.statusTitle')}
        </h2>
        <div id="area-level" data-props={JSON.stringify(level)} data-classes={JSON.stringify(classNames)}>
          <AreaLevel {...level} />
        </div>
      </section>
      <section className={styles.steps} aria-labelledby="steps">
        <h2 id="steps" className={styles.kicker}>
          {text('home.stepsTitle')}
        </h2>
        <ol role="list" className={styles.line}>
          {steps.map((step) => (
            <li key={step.title} className={styles.step}>
              <h3>{step.title}</h3>
              <p>{step.words}</p>
            </li>
          ))}
        </ol>
      </section>
    </div>
  )
}
