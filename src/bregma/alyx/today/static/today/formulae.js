// What a weight asks for, by the formulae of the server, from the numbers that it put into the row. Grams and millilitres.

export function waterFor(grams, facts) {
  return (grams < facts.light ? facts.neededWhenLight : facts.needed) * (grams - facts.implant);
}

export function dueFor(grams, facts, given) {
  return waterFor(grams, facts) - given;
}

export function percentOf(grams, facts) {
  const expected = facts.expected - facts.implant;
  return expected > 0 ? (100 * (grams - facts.implant)) / expected : 0;
}

// The colour of a percentage: below the lab's share it is bad; up to 2 % above it, people are warned.
export function toneOf(percent, facts) {
  if (percent === 0 || percent / 100 >= facts.least / 100 + 0.02) return "good";
  return percent < facts.least ? "bad" : "warn";
}

export function isImplausible(grams, facts) {
  return facts.last > 0 && Math.abs(grams - facts.last) > facts.implausible * facts.last;
}

// Read a number as people type it, with a point or a comma; null if it is none.
export function readAmount(text) {
  const words = text.trim().replace(",", ".");
  return /^(\d+\.?\d*|\.\d+)$/.test(words) ? Number(words) : null;
}
