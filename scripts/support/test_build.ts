/** The write key of the binaries that the end-to-end tests run. */
export const TEST_WRITE_KEY = "test-write-key";
