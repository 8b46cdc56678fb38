import { TTM } from '../dma-remapping/dma-remapping.ts';
import type { Device, Problem, TableItem } from '../tables/items.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { deviceText, pasidDomainText, pasidText, widthsOfStages } from './list-scalable.ts';
import {
  devicesText,
  domainText,
  mappingHeader,
  mappingText,
  problemText,
  unreachableText,
  type Widths,
  widthsOf,
} from './list-text.ts';
import { Totals } from './list-totals.ts';
import type { Output } from './output.ts';
import { countText } from './text.ts';

/** Prints items as they are found: there may be millions. */
export class ListingPrinter {
  readonly #output: Output;
  readonly #unit: RemappingUnit;
  readonly #summary: boolean;
  readonly #totals = new Totals();
  /** Of legacy mode, which are one table. */
  readonly #devices: Device[] = [];
  readonly #problems: Problem[] = [];
  #widths: Widths = { input: 0, output: 0 };
  /** Lines of the current domain. */
  #printed = 0;
  #stoppedAfter: number | undefined;

  constructor(output: Output, unit: RemappingUnit, summary: boolean) {
    this.#output = output;
    this.#unit = unit;
    this.#summary = summary;
  }

  add(item: TableItem): void {
    switch (item.kind) {
      case 'device':
        this.#devices.push(item);
        break;
      case 'scalable-device':
        if (this.#totals.devices === 0) this.#heading('Devices');
        this.#output.line(deviceText(item));
        break;
      case 'pasid':
        this.#output.line(pasidText(item));
        break;
      case 'domain':
        if (this.#totals.domains === 0) this.#printDevices();
        this.#beginDomain(widthsOf(this.#unit, item), domainText(item));
        break;
      case 'pasid-domain':
        this.#beginDomain(widthsOfStages(this.#unit, item), pasidDomainText(item));
        break;
      case 'mapping':
        if (this.#summary) break;
        if (this.#printed === 0) this.#output.line(this.#output.dim(mappingHeader(this.#widths)));
        this.#output.line(mappingText(item, this.#widths));
        this.#printed += 1;
        break;
      case 'unreachable':
        this.#printed += 1;
        if (!this.#summary) this.#output.line(unreachableText(item));
        break;
      case 'problem':
        this.#problems.push(item);
        break;
      case 'stopped':
        this.#stoppedAfter = item.entries;
        break;
      case 'bus':
        break;
    }
    this.#totals.add(item);
  }

  end(): void {
    const output = this.#output;
    const scalable = this.#unit.rootTable.mode === TTM.SCALABLE;
    this.#endDomain();
    if (this.#totals.domains === 0 && !scalable) this.#printDevices();
    if (this.#totals.devices === 0 && scalable) this.#heading('No devices');
    this.#heading(this.#problems.length === 0 ? 'No problems' : 'Problems');
    for (const problem of this.#problems) {
      const [title = '', ...more] = problemText(problem, this.#unit);
      output.line(output.bad(title));
      output.lines(more);
    }
    output.line();
    output.lines(this.#totals.text(output.heading('Totals'), scalable));
    if (this.#stoppedAfter !== undefined) {
      const why = 'tables that lead back to themselves? (--limit goes further)';
      output.line(output.bad(`Stopped after ${this.#stoppedAfter} entries: ${why}`));
    }
  }

  #beginDomain(widths: Widths, [title = '', ...more]: readonly string[]): void {
    this.#endDomain();
    this.#widths = widths;
    this.#printed = 0;
    if (this.#summary) return;
    this.#heading(title);
    this.#output.lines(more);
  }

  #endDomain(): void {
    if (!this.#summary && this.#totals.domains > 0 && this.#printed === 0) this.#output.line('  nothing is mapped');
  }

  #printDevices(): void {
    this.#heading(countText(this.#devices.length, 'device').replace(/^./, (first) => first.toUpperCase()));
    if (this.#devices.length > 0) this.#output.lines(devicesText(this.#devices));
  }

  #heading(text: string): void {
    this.#output.line();
    this.#output.line(this.#output.heading(text));
  }
}
