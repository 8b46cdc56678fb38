export { type Asked, type Matcher, type MatcherResult, matchers, type VtdMatchers } from './matchers.ts';
