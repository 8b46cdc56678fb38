/*
 * A server has one 10 Gbit adapter, and several guests use it: in the three ways that there are. What VT-d is for shows where
 * a guest aims its queue at the memory of another one.
 */
import { formatSourceId, type InterruptOutcome } from 'vtd-model';
import {
  type Attack,
  directAssignment,
  migrate,
  queuesWithPasids,
  singleRootVirtualization,
  sortedQueues,
  type Way,
} from './shared-adapter/ways.ts';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

function print({ title, shows, deliveries, sent, attacks, interrupts, reach }: Way): void {
  console.log(title);
  console.log(`  ${shows}`);
  for (const { guest, arrived } of deliveries) {
    console.log(`  a frame for ${guest} ${arrived ? 'is in the memory of that guest' : 'did not arrive'}`);
  }
  if (sent.length > 0) console.log(`  frames go out in turn: ${sent.join(', ')}`);
  for (const attack of attacks) console.log(`  ${attackText(attack)}`);
  for (const { guest, outcome } of interrupts) console.log(`  the interrupt of ${guest}: ${interruptText(outcome)}`);
  console.log('  who could touch what, by the tables:');
  for (const { requester, guests } of reach) console.log(`    ${requester.padEnd(18)} ${guests.join(', ')}`);
  console.log();
}

function attackText({ by, on, blocked, unharmed, recorded, moved }: Attack): string {
  if (!blocked)
    return `${by} aims a queue at the memory of ${on}, and the unit lets it: ${on} is ${unharmed ? 'unharmed' : 'overwritten'}`;
  const { outcome } = moved!;
  const condition = outcome.kind === 'blocked' ? outcome.fault?.condition.code : undefined;
  const pasid = recorded?.pasid === undefined ? '' : `, PASID ${recorded.pasid}`;
  const where =
    recorded === undefined
      ? ''
      : `: ${hex(recorded.reason)}, ${formatSourceId(recorded.sourceId)}${pasid}, at ${hex(recorded.address)}`;
  return `${by} aims a queue at the memory of ${on}: blocked (${condition}), ${on} is ${unharmed ? 'unharmed' : 'overwritten'}, recorded${where}`;
}

function interruptText(outcome: InterruptOutcome | undefined): string {
  switch (outcome?.kind) {
    case 'delivered':
      return `vector ${hex(outcome.vector)} to processor ${outcome.destination}`;
    case 'posted':
      return `vector ${hex(outcome.vector)} posted, processor ${outcome.notification?.destination} is notified with ${hex(outcome.notification?.vector ?? 0)}`;
    case 'blocked':
      return `blocked (${outcome.fault?.condition.code})`;
    default:
      return 'nothing is sent';
  }
}

print(directAssignment());
const virtualized = singleRootVirtualization();
print(virtualized);
print(sortedQueues());
print(queuesWithPasids());

const { staleBefore, findings, after, findingsAfter } = migrate(virtualized);
console.log('Anna migrates: her memory moves to other pages of the host, and the leaves of her domain change');
console.log(`  before the invalidation a frame goes to ${staleBefore ? 'where she was' : 'her new pages'}`);
for (const remedy of findings) console.log(`  the judge of stale answers misses: ${remedy}`);
console.log(
  `  after it ${after.every(({ arrived }) => arrived) ? 'every frame arrives' : 'frames are lost'}; stale answers: ${findingsAfter}`,
);
