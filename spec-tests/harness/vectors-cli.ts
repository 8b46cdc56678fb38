import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { VectorFile } from '../../src/vectors/types.ts';
import { MANIFEST, manifestText } from './manifest.ts';
import { pack } from './pack.ts';
import { ROOT } from './repository.ts';
import { canonical, parseJson, readText, vectorTexts, vectorTextsOf, withCase } from './vector-files.ts';
import { lint } from './vector-lint.ts';

const HELP = `npm run vectors -- <command>

  lint [FILE...]         tells what is wrong with vector files, all of fixtures/ if none is named
  fmt [FILE...]          writes them in canonical form; with --check it only tells which are not
  list [FILE...]         prints the id of every case and what it says
  add FILE [CASE]        puts a case at the end of FILE; CASE is a JSON file, standard input if it is missing.
                         The case gets the next free number for the prefix of its id.
  manifest               writes fixtures/manifest.json: counts and hashes of all vector files
  pack [FILE]            writes the vectors and their contract as one archive, dist/vtd-vectors.tar.gz if none is named

Exit status: 0, 1 if there are mistakes in vectors, 2 if the command could not be carried out.
`;

/** Carries out a command and returns the exit status. */
function main(given: readonly string[]): number | Promise<number> {
  const options = { help: { type: 'boolean', short: 'h' }, check: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...given], options, allowPositionals: true });
  const [command, ...files] = positionals;
  if (values.help === true) return print(HELP);
  if (values.check === true && command !== 'fmt') throw new Error('--check belongs to fmt');
  switch (command) {
    case 'lint':
      return tellMistakes(lint(vectorTextsOf(files)));
    case 'fmt':
      return format(files, values.check === true);
    case 'list':
      return list(files);
    case 'add':
      return add(files);
    case 'manifest':
      return writeManifest(files);
    case 'pack':
      return packTo(files);
    default:
      throw new Error(
        `${command === undefined ? 'a command is missing' : `there is no command "${command}"`}; see --help`,
      );
  }
}

function format(files: readonly string[], onlyCheck: boolean): number {
  const others = vectorTextsOf(files).filter((it) => canonical(it) !== it.text);
  const base = files.length === 0 ? ROOT : '.';
  if (!onlyCheck) for (const it of others) writeFileSync(resolve(base, it.path), canonical(it));
  for (const { path } of others) print(`${path}\n`);
  return onlyCheck && others.length > 0 ? 1 : 0;
}

function list(files: readonly string[]): number {
  for (const { path, text } of vectorTextsOf(files)) {
    const { groups } = parseJson(path, text) as VectorFile;
    for (const { id, says } of groups.flatMap(({ cases }) => cases)) print(`${id}: ${says}\n`);
  }
  return 0;
}

function add([path, from = '-', ...more]: readonly string[]): number {
  if (path === undefined || more.length > 0) throw new Error('add takes a vector file and, if it has one, a case file');
  const target = { path: relative(ROOT, resolve(path)).replaceAll('\\', '/'), text: readText(path) };
  const others = vectorTexts().filter((it) => it.path !== target.path);
  const { id, text } = withCase(target, parseJson(from, readText(from)), others);
  const mistakes = lint([...others, { path: target.path, text }]).filter((mistake) => mistake.startsWith(target.path));
  if (mistakes.length > 0) return tellMistakes(mistakes);
  writeFileSync(resolve(path), text);
  return print(`${id}\n`);
}

function writeManifest(more: readonly string[]): number {
  if (more.length > 0) throw new Error('manifest takes no files: it is of all vectors');
  writeFileSync(resolve(ROOT, MANIFEST), manifestText());
  return 0;
}

async function packTo([file = resolve(ROOT, 'dist/vtd-vectors.tar.gz'), ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) throw new Error('pack takes one file to write');
  const { length } = await pack(resolve(file));
  return print(`${length} files in ${relative('.', resolve(file))}\n`);
}

function tellMistakes(mistakes: readonly string[]): number {
  for (const mistake of mistakes) print(`${mistake}\n`);
  return mistakes.length === 0 ? 0 : 1;
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

// The reader of a pipe may have seen enough (`vectors list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

try {
  // npm runs this at the top of the repository; files are named from where the caller stands.
  process.chdir(process.env.INIT_CWD ?? process.cwd());
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`vectors: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
