/** Runs in the result page: draws its charts from the data beside it, in the colours of its style sheet. */
import uPlot from 'uplot'
import type { CoreCutCourse } from '../core-cut-result.ts'

interface Line {
  label: string
  /** Custom property of the style sheet. */
  color: string
  values: (number | null)[]
  /** What tells lines apart without colour. */
  dash?: number[]
  steps?: boolean
}

interface Chart {
  place: string
  atSeconds: number[]
  lines: Line[]
  unit: string
  logarithmic?: boolean
}

const HEIGHT = 280
const DASH = [6, 4]
const LINEAR = 1
const LOGARITHMIC = 3

const course = JSON.parse(document.querySelector('#course')!.textContent) as CoreCutCourse
const { slots, span, reports } = course
const slotSeconds = slots.map(({ fromSeconds }) => fromSeconds)
const latency = (group: keyof (typeof slots)[number]['latencies'], percentile: 'p50Ms' | 'p99Ms') => slots.map(({ latencies }) => latencies[group][percentile])

const charts: Chart[] = [
  {
    place: 'requests-chart', atSeconds: slotSeconds, unit: 'a second',
    lines: [
      { label: 'requests', color: '--first', values: slots.map(({ rate }) => rate) },
      { label: 'errors', color: '--second', values: slots.map(({ errorRate }) => errorRate), dash: DASH },
    ],
  },
  {
    place: 'latencies-chart', atSeconds: slotSeconds, unit: 'ms', logarithmic: true,
    lines: [
      { label: 'pages p99', color: '--first', values: latency('pages', 'p99Ms') },
      { label: 'pages p50', color: '--first', values: latency('pages', 'p50Ms'), dash: DASH },
      { label: 'look-ups p99', color: '--second', values: latency('look-ups', 'p99Ms') },
      { label: 'look-ups p50', color: '--second', values: latency('look-ups', 'p50Ms'), dash: DASH },
      { label: 'reports p99', color: '--third', values: latency('reports', 'p99Ms') },
      { label: 'reports p50', color: '--third', values: latency('reports', 'p50Ms'), dash: DASH },
    ],
  },
  {
    place: 'reports-chart', atSeconds: reports.atSeconds, unit: 'reports',
    lines: [
      { label: 'accepted', color: '--first', values: reports.accepted, steps: true },
      { label: 'at the core system', color: '--second', values: reports.delivered, steps: true, dash: DASH },
    ],
  },
]

let drawn: uPlot[] = []

function drawAll(): void {
  for (const chart of drawn) chart.destroy()
  drawn = charts.map(draw)
}

function draw({ place, atSeconds, lines, unit, logarithmic = false }: Chart): uPlot {
  const element = document.querySelector<HTMLElement>(`#${place}`)!
  const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis = { stroke: color('--text'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 } }
  const shadeCut = (plot: uPlot) => {
    const [from, until] = [span.fromMs, span.untilMs].map((ms) => plot.valToPos(ms / 1_000, 'x', true)) as [number, number]
    plot.ctx.save()
    plot.ctx.fillStyle = color('--cut')
    plot.ctx.fillRect(from, plot.bbox.top, until - from, plot.bbox.height)
    plot.ctx.restore()
  }
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the library's enumeration has no value at run time, only these numbers
      scales: { x: { time: false }, y: { distr: logarithmic ? LOGARITHMIC : LINEAR, ...(logarithmic ? {} : { range: (_plot, _least, most) => [0, Math.max(1, most * 1.05)] }) } },
      axes: [{ ...axis, label: 'seconds' }, { ...axis, label: unit, size: 64 }],
      series: [
        { label: 'second' },
        ...lines.map(({ label, color: name, dash, steps }) => ({
          label, stroke: color(name), width: 2, dash, points: { show: false },
          ...(steps && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
          value: (_plot: uPlot, value: number | null) => (value === null ? '–' : value.toFixed(value < 10 ? 1 : 0)),
        })),
      ],
      hooks: { drawClear: [shadeCut] },
    },
    // Nothing at or below zero has a place on a logarithmic scale.
    [atSeconds, ...lines.map(({ values }) => (logarithmic ? values.map((value) => (value === null ? null : Math.max(0.1, value))) : values))],
    element,
  )
}

drawAll()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
let width = document.body.clientWidth
new ResizeObserver(() => {
  if (document.body.clientWidth === width) return
  width = document.body.clientWidth
  drawAll()
}).observe(document.body)
