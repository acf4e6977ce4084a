// The progress page (layout.ts, `Progress`): a nameless file that the supervisor and a run's process share, so that the
// script line of a dead process can still be told. The interpreter writes it, the supervisor reads it afterwards.
import { closeSync, ftruncateSync, readSync } from 'node:fs'
import { type FlightRecord, readFlight } from '../flight/flight-record.js'
import { namelessFile } from '../nameless-file.js'
import { Flight, Progress as Page, PROGRESS_MAGIC } from './layout.js'

/** Descriptor number under which the run's process inherits the page. */
export const PROGRESS_FD = 4

/** How far a run came, as the interpreter's thread tells it. */
export interface Progress {
  begin(runId: number): void
  /** RunPhase. */
  phase(phase: number): void
  /** An event begins, with its index. */
  event(index: number, timeUs: number): void
}

/** The interpreter's end. `page`: the mapped file. */
export class ProgressWriter implements Progress {
  private readonly view: DataView

  constructor(page: ArrayBuffer) {
    this.view = new DataView(page)
    this.view.setUint32(Page.magic, PROGRESS_MAGIC, true)
  }

  begin(runId: number): void {
    this.view.setUint32(Page.eventIndex, 0, true)
    this.view.setFloat64(Page.timeUs, 0, true)
    this.view.setUint32(Page.runId, runId, true)
  }

  phase(phase: number): void {
    this.view.setUint32(Page.phase, phase, true)
  }

  event(index: number, timeUs: number): void {
    this.view.setUint32(Page.eventIndex, index, true)
    this.view.setFloat64(Page.timeUs, timeUs, true)
  }
}

export interface ProgressReading {
  readonly runId: number
  /** Index of the event that was being carried out. */
  readonly eventIndex: number
  /** RunPhase. */
  readonly phase: number
  readonly timeUs: number
}

/** The supervisor's end: owns the file. */
export class ProgressPage {
  readonly fd = namelessFile()
  private closed = false

  constructor() {
    ftruncateSync(this.fd, Flight.size)
  }

  /** Null where the process never got to write anything, or the page is closed. */
  read(): ProgressReading | null {
    if (this.closed) return null
    const octets = Buffer.alloc(Page.timeUs + 8)
    readSync(this.fd, octets, 0, octets.length, 0)
    if (octets.readUInt32LE(Page.magic) !== PROGRESS_MAGIC) return null
    return {
      runId: octets.readUInt32LE(Page.runId),
      eventIndex: octets.readUInt32LE(Page.eventIndex),
      phase: octets.readUInt32LE(Page.phase),
      timeUs: octets.readDoubleLE(Page.timeUs),
    }
  }

  /** What the userspace stack of the last run has left; null where the page is closed. */
  flight(): FlightRecord | null {
    return this.closed ? null : readFlight(this.fd)
  }

  /** May be called twice. */
  close(): void {
    if (!this.closed) closeSync(this.fd)
    this.closed = true
  }
}
