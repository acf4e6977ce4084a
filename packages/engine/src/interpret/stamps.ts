// When each event was due and what became of it: written on the timed path, read after a failure (lateness.ts).
// Interpreter thread. Allocates nothing once made; all times are microseconds of the run, NaN where there is none.

export class Stamps {
  /** When the event before was done with, and this one was taken up; one more than events, for the end of the script. */
  readonly pickedUs: Float64Array
  /** When it was to happen, resolved; NaN for `*`. */
  readonly dueUs: Float64Array
  /**
   * When it happened: the packet was handed over, the call entered, the command started (native code wakes and acts in one);
   * the stack sent the packet.
   */
  readonly actedUs: Float64Array
  /** When its outcome was there: the call had returned, the command had ended, the tester had woken for the packet. */
  readonly returnedUs: Float64Array
  /** How long others kept the machine from a command at most; 0 where nothing is known. */
  readonly stalledUs: Float64Array
  /** How long the host had waited for a processor when the event was taken up; one more, for the end of the last one. */
  readonly waitedUs: Float64Array
  /** When a blocking call returned that the event had to wait for. */
  readonly freedUs: Float64Array
  /** When the stack sent packets, in the order they were read; the first ones where there are more. */
  readonly sentUs: Float64Array
  sent = 0

  constructor(readonly length: number) {
    const times = (size: number) => new Float64Array(size).fill(Number.NaN)
    this.pickedUs = times(length + 1)
    this.dueUs = times(length)
    this.actedUs = times(length)
    this.returnedUs = times(length)
    this.stalledUs = new Float64Array(length)
    this.waitedUs = new Float64Array(length + 1)
    this.freedUs = times(length)
    this.sentUs = times(length + 256)
  }

  packet(us: number): void {
    if (this.sent < this.sentUs.length) this.sentUs[this.sent++] = us
  }
}
