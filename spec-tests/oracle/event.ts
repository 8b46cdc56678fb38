/** 7.3, 7.5, 11.4.7.2, 11.4.11.5: the message of an event, and the register that holds it back, as at power-on. */
export class Event {
  /** IM of its control register. */
  im = true;
  /** IP */
  ip = false;
  /** Messages sent so far. */
  messages = 0;

  /** 7.3-R3, 7.5-R4. */
  setMask(im: boolean): void {
    this.im = im;
    if (!im && this.ip) this.send();
  }

  /** 7.3-R2, 7.5-R3: `pending`, something was not serviced before. */
  protected event(pending: boolean): void {
    if (pending) return;
    this.ip = true;
    if (!this.im) this.send();
  }

  private send(): void {
    this.messages += 1;
    this.ip = false;
  }
}
