export {
  claimsAt,
  encodePart,
  LOCKING_SCOPE,
  makeKeyPair,
  pemOf,
  RS256,
  signToken,
} from "../../../scripts/support/licence_keys.ts";
