import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { repositoryLinks } from './links.ts'
import { sidebars } from './sidebar.ts'
import { slug } from './slug.ts'

const docs = join(import.meta.dirname, '..')

/** The documentation as a site: `npm run docs:build` and `npm run docs:dev`. A dead link ends the build. */
export default defineConfig({
  title: 'provision',
  cleanUrls: true,
  lastUpdated: true,
  srcExclude: ['node_modules/**', 'schema/**'],
  markdown: {
    anchor: { slugify: slug },
    toc: { slugify: slug },
    config: repositoryLinks,
    languageAlias: { ejs: 'html' },
  },
  // The schemas have the same path on the site as in the repository and in the package.
  buildEnd: ({ outDir }) => cp(join(docs, 'schema'), join(outDir, 'schema'), { recursive: true }),
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      description: 'Turn bare Linux hosts into a Kubernetes cluster over SSH',
      themeConfig: {
        nav: [
          { text: 'Quickstart', link: '/quickstart' },
          { text: 'Troubleshooting', link: '/troubleshooting/' },
          { text: 'Commands', link: '/reference/cli' },
          { text: 'Changelog', link: '/project/changelog' },
        ],
      },
    },
    'zh-CN': {
      label: '简体中文',
      lang: 'zh-CN',
      link: '/zh-CN/',
      description: '通过 SSH 把 Linux 主机部署成 Kubernetes 集群',
      themeConfig: {
        nav: [
          { text: '快速开始', link: '/zh-CN/quickstart' },
          { text: '故障排查', link: '/zh-CN/troubleshooting' },
        ],
        outline: { level: [2, 3], label: '本页目录' },
        docFooter: { prev: '上一页', next: '下一页' },
        lastUpdated: { text: '最后更新' },
        langMenuLabel: '语言',
        darkModeSwitchLabel: '主题',
        sidebarMenuLabel: '菜单',
        returnToTopLabel: '返回顶部',
      },
    },
  },
  themeConfig: {
    sidebar: sidebars(),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        locales: {
          'zh-CN': {
            translations: {
              button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
              modal: {
                noResultsText: '没有找到结果',
                resetButtonTitle: '清除',
                displayDetails: '显示详情',
                footer: { selectText: '打开', navigateText: '切换', closeText: '关闭' },
              },
            },
          },
        },
      },
    },
  },
})
