/** Words that docs/contributing/style.md rules out, in pages and in what the program prints. */
export const banned =
  /\b(?:anew|mends?|mended|of before|goes by|be had|for good|at hand|stands|the way out|aside|nobody|somebody|whom|welcome|nothing but|but for|we|us|ours?|theirs)\b/gi
