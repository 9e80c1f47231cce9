import {
  forceCenter,
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force'
import { type Html, html } from '../kernel/html.ts'
import type { Quality } from '../wire/codes.ts'

export type GraphNode = { readonly id: string; readonly label: string; readonly own: boolean }
export type GraphEdge = { readonly from: string; readonly to: string; readonly quality: Quality }

type Placed = SimulationNodeDatum & GraphNode
type Line = SimulationLinkDatum<Placed> & { readonly quality: Quality }

/** More than so many are a knot that nobody reads: the table beside it says the same. */
export const mostDrawn = 60
const steps = 300
const room = 60
const labelWidth = 9

/** Who touches whom, drawn here: the same nodes always lie in the same places. `title` says it in words. */
export function clusterGraph(
  title: string,
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
): Html | undefined {
  if (nodes.length < 2 || nodes.length > mostDrawn) return undefined
  const placed: Placed[] = nodes.map((node) => ({ ...node }))
  const lines: Line[] = edges.map(({ from, to, quality }) => ({
    source: from,
    target: to,
    quality,
  }))
  forceSimulation(placed)
    .force(
      'link',
      forceLink<Placed, Line>(lines)
        .id(({ id }) => id)
        .distance(130),
    )
    .force('charge', forceManyBody().strength(-400))
    .force('collide', forceCollide(50))
    .force('center', forceCenter(0, 0))
    .stop()
    .tick(steps)
  const at = (node: Placed | string | number): { x: number; y: number } =>
    typeof node === 'object' ? { x: round(node.x), y: round(node.y) } : { x: 0, y: 0 }
  const half = (label: string): number => Math.max(room, (label.length * labelWidth) / 2)
  const left = Math.min(...placed.map((node) => at(node).x - half(node.label)))
  const right = Math.max(...placed.map((node) => at(node).x + half(node.label)))
  const top = Math.min(...placed.map((node) => at(node).y)) - room
  const bottom = Math.max(...placed.map((node) => at(node).y)) + room
  return html`<svg class="raakvlak-graph" role="img" aria-label="${title}" viewBox="${left} ${top} ${right - left} ${bottom - top}">
${lines.map(({ source, target, quality }) => {
  const [one, other] = [at(source), at(target)]
  return html`<line class="edge edge--${quality}" x1="${one.x}" y1="${one.y}" x2="${other.x}" y2="${other.y}"/>`
})}
${placed.map((node) => {
  const { x, y } = at(node)
  const shape = node.own
    ? html`<rect class="node node--own" x="${x - 16}" y="${y - 16}" width="32" height="32"/>`
    : html`<circle class="node" cx="${x}" cy="${y}" r="18"/>`
  return html`${shape}<text x="${x}" y="${y + 38}" text-anchor="middle">${node.label}</text>`
})}
</svg>`
}

const round = (length: number | undefined): number => Math.round(length ?? 0)
