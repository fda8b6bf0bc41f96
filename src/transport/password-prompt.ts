import type { KeyboardInteractiveAuthMethod } from 'ssh2'

/**
 * Servers that let PAM ask do so by keyboard-interactive. One question for a password, not shown as it is typed, is answered,
 * and once; any other, a second factor's code among them, is not: the password is no answer to it.
 */
export function passwordPrompt(answer: string, onOther: (question: string) => void = () => {}): KeyboardInteractive {
  let given = false
  return (_name, _instructions, _language, prompts, finish) => {
    const [only] = prompts
    const asks =
      prompts.length === 1 && only?.echo === false && password.test(only.prompt) && !another.test(only.prompt)
    if (prompts.length > 0 && (!asks || given)) onOther(prompts.map(({ prompt }) => prompt.trim()).join(' '))
    // No question is a way to say something, and is answered by nothing.
    finish(asks && !given ? [answer] : [])
    given ||= asks
  }
}

type KeyboardInteractive = KeyboardInteractiveAuthMethod['prompt']

/** PAM translates: in the languages of those who run such hosts. */
const password = /password|passwort|mot de passe|contraseña|senha|пароль|密码|密碼|口令|パスワード/i
const another = /\b(new|retype|again|one[- ]?time|otp|token)\b/i
