/** What the image has of its own, and everybody knows. */
const known = 'Kuboard123'

/**
 * What is wrong with a first password of Kuboard; undefined where nothing is. Its image hands it to a shell without
 * quotes, which must find one word in it and nothing to replace.
 */
export function kuboardPasswordProblem(password: string): string | undefined {
  if (password.toLowerCase() === known.toLowerCase()) return 'is the one that everybody knows'
  if (password.length < 8) return 'has fewer than 8 characters'
  if (!/^[A-Za-z0-9._@%+=:,!#^~/][A-Za-z0-9._@%+=:,!#^~/-]*$/.test(password))
    return 'has characters that Kuboard would change: take letters, digits and . _ @ % + = : , ! # ^ ~ / -'
  return undefined
}
