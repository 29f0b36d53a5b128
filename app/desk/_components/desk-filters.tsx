'use client'
import { useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { ChoiceMenu } from '../../../components/choice-menu.tsx'
import { type countChoices, type DeskFilter, type DeskMark, MOST_TEXT_CHARS, parseDeskFilter } from './desk-filter.ts'
import { useDeskText } from './desk-text.tsx'
import styles from './desk-filters.module.css'

/** Of the control that `f` goes to. */
export const FIRST_FILTER_ID = 'desk-filter-state'
const FILTER_TEXT_ID = 'desk-filter-text'

const ANY_CIRCUIT = ''
const AS_AT_FIRST = parseDeskFilter(new URLSearchParams())

interface DeskFiltersProps {
  filter: DeskFilter
  counts: ReturnType<typeof countChoices>
  /** @param replaces this step of typing: it is no step to go back to */
  onChange: (filter: DeskFilter, replaces?: boolean) => void
}

export function DeskFilters({ filter, counts, onChange }: DeskFiltersProps) {
  const { text } = useDeskText()
  // The address follows a moment later: meanwhile what is typed stands.
  const [typed, setTyped] = useState<string | null>(null)
  const change = (changes: Partial<DeskFilter>) => onChange({ ...filter, ...changes })
  const withCount = (label: string, count: number) => `${label} (${count})`
  const toggle = (mark: DeskMark) => change({ marks: filter.marks.includes(mark) ? filter.marks.filter((held) => held !== mark) : [...filter.marks, mark] })
  const circuits = counts.circuits.map(({ circuit, count }) => ({ value: circuit, label: withCount(circuit, count) }))
  const chosen = filter.circuit !== null && !counts.circuits.some(({ circuit }) => circuit === filter.circuit) ? [{ value: filter.circuit, label: withCount(filter.circuit, 0) }] : []
  const isChanged = filter.state !== 'open' || filter.marks.length > 0 || filter.circuit !== null || filter.text !== ''
  return (
    <section className={styles.filters} aria-label={text('desk.filter.title')}>
      <ChoiceMenu
        id={FIRST_FILTER_ID}
        label={text('desk.show')}
        value={filter.state}
        onChange={(state) => change({ state })}
        choices={counts.states.map(({ state, count }) => ({ value: state, label: withCount(text(`desk.filter.states.${state}`), count) }))}
      />
      {counts.marks.map(({ mark, count }) => (
        <Button key={mark} className={styles.mark} aria-pressed={filter.marks.includes(mark)} onClick={() => toggle(mark)}>
          {withCount(text(`desk.filter.marks.${mark}`), count)}
        </Button>
      ))}
      <ChoiceMenu
        label={text('desk.filter.circuit')}
        value={filter.circuit ?? ANY_CIRCUIT}
        onChange={(circuit) => change({ circuit: circuit || null })}
        choices={[{ value: ANY_CIRCUIT, label: withCount(text('desk.filter.anyCircuit'), counts.anyCircuit) }, ...chosen, ...circuits]}
      />
      <ChoiceMenu
        label={text('desk.filter.order')}
        value={filter.order}
        onChange={(order) => change({ order })}
        choices={[{ value: 'newest', label: text('desk.filter.newest') }, { value: 'oldest', label: text('desk.filter.oldest') }]}
      />
      <div className={styles.text}>
        <label className={styles.label} htmlFor={FILTER_TEXT_ID}>
          {text('desk.filter.text')}
        </label>
        <input
          id={FILTER_TEXT_ID}
          className={styles.input}
          data-desk-filter-text
          type="search"
          maxLength={MOST_TEXT_CHARS}
          autoComplete="off"
          value={typed ?? filter.text}
          onFocus={() => setTyped(filter.text)}
          onBlur={() => setTyped(null)}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            onChange({ ...filter, text: event.currentTarget.value }, filter.text !== '')
          }}
        />
      </div>
      {isChanged ? (
        <Button look="quiet" onClick={() => {
            setTyped(null)
            onChange({ ...AS_AT_FIRST, order: filter.order })
          }}>
          {text('desk.filter.clear')}
        </Button>
      ) : null}
    </section>
  )
}
