import { type Problem, UserError } from '../../errors.ts'
import type { Path } from '../../yaml/document.ts'
import { parseYaml } from '../../yaml/document.ts'
import { pathText } from '../../yaml/value.ts'
import type { Release } from '../helm/helm.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

/** Releases that could not be installed: charts that are not pinned or not there, and values that are none. */
export function checkHelm(context: CheckContext): Problem[] {
  return (context.inventory.helm?.releases ?? []).flatMap((release) => [
    ...checkChart(context, release),
    ...checkValues(context, release),
    ...checkSecretValues(context, release),
  ])
}

function checkChart(context: CheckContext, { name, chart }: Release): Problem[] {
  const path: Path = ['helm', 'releases', name]
  const text = context.document.written([...path, 'chart']) ?? ''
  const wrong = (message: string, hint: string, part = 'chart') =>
    context.document.written([...path, part]) === undefined
      ? [problemAt(context, path, message, hint, 'key')]
      : [problemAt(context, [...path, part], message, hint)]
  if ('folder' in chart || 'archive' in chart) {
    // What is wrong in itself has been told, and taken out before this.
    if (context.document.written([...path, 'repository']) !== undefined) return []
    if (context.document.written([...path, 'version']) !== undefined) {
      const hint = 'remove it, or use a chart of a registry: oci://HOST/PATH'
      return wrong(`version is not allowed for ${text}: a local chart contains its version`, hint, 'version')
    }
    return 'archive' in chart
      ? checkArchive(context, chart.archive, text, wrong)
      : checkFolder(context, chart.folder, text, wrong)
  }
  if ('repository' in chart) {
    if (!/^[A-Za-z0-9._-]+$/.test(chart.name)) {
      return wrong(
        `${chart.name} is not a chart name in a repository`,
        'write only its name; use oci://… without repository',
      )
    }
  } else if (!/^oci:\/\/[^/\s@]+(\/[a-z0-9._-]+)+(@sha256:[0-9a-f]{64})?$/.test(chart.oci)) {
    return wrong(`${chart.oci} is not a chart of an OCI registry`, 'write oci://HOST/PATH, and set version')
  }
  if (chart.version !== '' || !context.complete) return []
  return wrong(`the release ${name} has no chart version`, 'add version: 1.4.2, as printed by `helm show chart`')
}

type Wrong = (message: string, hint: string) => Problem[]

function checkArchive(context: CheckContext, file: string, text: string, wrong: Wrong): Problem[] {
  return context.isFile(file)
    ? []
    : wrong(`chart ${text} does not exist`, 'correct the path; a relative one begins where this file lies')
}

function checkFolder(context: CheckContext, folder: string, text: string, wrong: Wrong): Problem[] {
  let files: ReadonlyMap<string, Uint8Array> | undefined
  try {
    files = context.readFolder(folder)
  } catch (error) {
    if (error instanceof UserError) return wrong(error.message, 'write only the folder of the chart')
    throw error
  }
  if (files === undefined) {
    return wrong(
      `folder ${text} does not exist`,
      'write oci://HOST/PATH, add repository: URL, or correct the path, relative to this file',
    )
  }
  const about = files.get('Chart.yaml')
  if (about === undefined) return wrong(`${text} has no Chart.yaml`, 'write the folder of a chart')
  const { document, problems } = parseYaml(Buffer.from(about).toString(), `${text.replace(/\/+$/, '')}/Chart.yaml`)
  if (document === undefined) return [...problems]
  const chart = document.data as { name?: unknown; version?: unknown; dependencies?: unknown }
  const named = typeof chart.name === 'string' && typeof chart.version === 'string'
  const hint = 'add name: NAME and version: 1.0.0 to Chart.yaml'
  return [
    ...problems,
    ...(named ? [] : [{ message: 'the chart has no name or version', source: document.locate([]), hint }]),
    ...dependenciesOf(chart.dependencies).flatMap((dependency, index) => {
      const there = [...files.keys()].some(
        (file) =>
          file.startsWith(`charts/${dependency}/`) ||
          (file.startsWith(`charts/${dependency}-`) && file.endsWith('.tgz')),
      )
      if (there) return []
      const message = `the chart requires ${dependency}, which is missing in its charts/`
      return [{ message, source: document.locate(['dependencies', index]), hint: `run helm dependency build ${text}` }]
    }),
  ]
}

function dependenciesOf(given: unknown): string[] {
  return Array.isArray(given) ? given.map((one) => String((one as { name?: unknown } | null)?.name)) : []
}

function checkValues(context: CheckContext, { name, valuesFile }: Release): Problem[] {
  if (valuesFile === undefined) return []
  const path = ['helm', 'releases', name, 'valuesFile']
  const written = context.document.written(path) ?? ''
  const text = context.readText(valuesFile)
  if (text === undefined) {
    const hint = 'correct the path; a relative one begins where this file lies'
    return [problemAt(context, path, `${pathText(path)}: file ${written} does not exist`, hint)]
  }
  // Nothing but comments is no values, which is fine.
  if (text.split('\n').every((line) => /^\s*(#|$)/.test(line))) return []
  const { document, problems } = parseYaml(text, written)
  if (document === undefined) return [...problems]
  const { data } = document
  if (typeof data === 'object' && !Array.isArray(data)) return [...problems]
  return [
    ...problems,
    { message: 'the values are not a map', source: document.locate([]), hint: 'write for example replicas: 2' },
  ]
}

function checkSecretValues(context: CheckContext, { name, secretValues }: Release): Problem[] {
  if (typeof secretValues !== 'object' || !('file' in secretValues) || context.isFile(secretValues.file)) return []
  const path = ['helm', 'releases', name, 'secretValues', 'file']
  const message = `${pathText(path)}: file ${context.document.written(path)} does not exist`
  return [problemAt(context, path, message, 'write the values to it, with mode 0600')]
}
