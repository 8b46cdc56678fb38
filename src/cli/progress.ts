import { Presets, SingleBar } from 'cli-progress';

/** Shows how far something is, on the last line of a terminal. */
export interface Progress {
  show(done: number, failed: number): void;
  end(): void;
}

const OF_TESTS = '{bar} {value}/{total}, {failed} failed, {eta_formatted} to go';

/** A bar on standard error where that is a terminal; nothing in pipes and files. */
export function progressBar(total: number, format = OF_TESTS): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0, { failed: 0 });
  return {
    show: (done, failed) => bar.update(done, { failed }),
    end: () => bar.stop(),
  };
}
