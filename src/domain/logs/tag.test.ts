// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { fromUnix } from '../../base/time.ts';
import { extraAttributes, logTag } from './attributes.ts';
import type { LogSubject } from './logs.ts';

const ID = 'ab97e85812776061d4c06d7793991613e2be08c4c2a2b55aa078895eeab4b6a8';
const IMAGE = 'sha256:c7e17fd493b7a3f0eae8e2d61f1decc47c636cd3cca9717cc125d6528a6ddbe0';

const about = (tag: string): LogSubject => ({
  id: ID,
  name: 'px',
  imageId: IMAGE,
  imageName: 'busybox',
  created: fromUnix(1_795_319_059n, 868_696_862),
  path: 'echo',
  args: ['one', 'two'],
  labels: { k: 'v', k2: 'w' },
  env: ['E=1', 'PATH=/bin'],
  directory: '/c',
  config: { type: 'json-file', config: { tag, labels: 'k' } },
});

const tagOf = (template: string): string => logTag(about(template), 'vm');

// What dockerd 20.10 made of each.
const FILLED: readonly (readonly [template: string, tag: string])[] = [
  [
    '{{.ID}}|{{.FullID}}|{{.Name}}|{{.ContainerName}}|{{.ImageID}}|{{.ImageFullID}}|{{.ImageName}}|{{.DaemonName}}|{{.Command}}|{{.Hostname}}',
    `ab97e8581277|${ID}|px|/px|sha256:c7e17|${IMAGE}|busybox|docker|echo one two|vm`,
  ],
  ['{{.ContainerEntrypoint}} {{.ContainerArgs}}', 'echo [one two]'],
  ['{{.ContainerEnv}} {{.ContainerLabels}}', '[E=1 PATH=/bin] map[k:v k2:w]'],
  ['{{.ContainerCreated}}', '2026-11-22 03:44:19.868696862 +0000 UTC'],
  [
    '{{json .ContainerLabels}} {{json .ContainerArgs}} {{json .Name}}',
    '{"k":"v","k2":"w"} ["one","two"] "px"',
  ],
  ['{{split "xaya" "a"}}', '[x y ]'],
  ['{{join .ContainerArgs "-"}}', 'one-two'],
  ['{{title "abc def"}} {{upper "a"}} {{lower "B"}}', 'Abc Def A b'],
  ['[{{pad .Name 2 3}}] [{{pad "" 2 3}}]', '[  px   ] []'],
  ['{{truncate .FullID 5}} {{truncate "ab" 5}}', 'ab97e ab'],
  ['{{index .ContainerArgs 0}}', 'one'],
  ['{{index .ContainerLabels "k"}} [{{index .ContainerLabels "zz"}}]', 'v []'],
  ['{{.ID | upper | printf "%s-%q-%5s-%d" }}', 'AB97E8581277-%!q(MISSING)-%!s(MISSING)-%!d(MISSING)'],
  [
    '{{printf "%s %d %v %q %05d %x %t" .Name 3 .ContainerArgs "q" 42 "hi" true}}',
    'px 3 [one two] "q" 00042 6869 true',
  ],
  ['{{len .ID}}', '12'],
  ['{{if .ID}}a{{else}}b{{end}}{{if ""}}a{{else if .Name}}c{{else}}b{{end}}', 'ac'],
  ['{{eq .Name "x"}} {{and .ID .Name}} {{or "" "z"}} {{not ""}}', 'false px z true'],
  ['  {{- .Name -}}  x', 'pxx'],
  ['{{/* c */}}y', 'y'],
  ['{{ .ExtraAttributes nil }}', 'map[k:v]'],
  ['{{"a\\tb"}}{{`r\\t`}}{{1.5}}{{0x10}}', 'a\tbr\\t1.516'],
  ['{{slice .ID 1 3}} {{print 1 2 "a" "b" 3}} {{println "x"}}', 'b9 1 2ab3 x\n'],
  ['{{html "<a>"}} {{urlquery "a b&"}} {{js "<x>"}}', '&lt;a&gt; a+b%26 \\u003Cx\\u003E'],
  ['{{.ContainerLabels.k}} {{.ContainerLabels.zz}}', 'v <no value>'],
  [`{{'a'}} {{true}} {{(len .ID) }}`, '97 true 12'],
  ['{{.LogPath}}', `/c/${ID}-json.log`],
  ['plain }}', 'plain }}'],
  ['', 'ab97e8581277'],
];

for (const [template, tag] of FILLED)
  test(`the tag of ${template}`, () => {
    assert.equal(tagOf(template), tag);
  });

const EXECUTING = 'executing "log-tag" at';

const REFUSED: readonly (readonly [template: string, message: string])[] = [
  ['{{.Zz}}', `1:2: ${EXECUTING} <.Zz>: can't evaluate field Zz in type *logger.Info`],
  ['{{zz}}', '1: function "zz" not defined'],
  ['{{.ID', '1: unclosed action'],
  ['{{}}', '1: missing value for command'],
  ['{{.ID | zz}}', '1: function "zz" not defined'],
  ['{{lower}}', `1:2: ${EXECUTING} <lower>: wrong number of args for lower: want 1 got 0`],
  ['{{if .ID}}', '1: unexpected EOF'],
  ['{{"a}}', '1: unterminated quoted string'],
  ['{{.Zz.Yy}}', `1:5: ${EXECUTING} <.Zz.Yy>: can't evaluate field Zz in type *logger.Info`],
  ['{{.ID.Zz}}', `1:5: ${EXECUTING} <.ID.Zz>: can't evaluate field Zz in type string`],
  ['{{end}}', '1: unexpected {{end}}'],
  [
    '{{index .ContainerEnv 99}}',
    `1:2: ${EXECUTING} <index .ContainerEnv 99>: error calling index: index out of range: 99`,
  ],
  ['{{truncate .ID "x"}}', `1:15: ${EXECUTING} <"x">: expected integer; found "x"`],
  ['{{.ID 1}}', `1:2: ${EXECUTING} <.ID>: wrong number of args for ID: want 0 got 1`],
  ['{{join .ID ","}}', `1:7: ${EXECUTING} <.ID>: wrong type for value; expected []string; got string`],
  ['{{1 | 2}}', '1: non executable command in pipeline stage 2'],
  ['{{printf}}', `1:2: ${EXECUTING} <printf>: wrong number of args for printf: want at least 1 got 0`],
  ['{{ "x" "y" }}', `1:3: ${EXECUTING} <"x">: can't give argument to non-function "x"`],
  ['{{)}}', '1: unexpected ")" in command'],
  ['{{(.ID}}', '1: unclosed left paren'],
  ['{{@}}', '1: unexpected "@" in command'],
  ['{{ $x := .Name }}', '1: variables are not supported in a log tag: "$x"'],
  ['{{range .ContainerArgs}}{{end}}', '1: {{range}} is not supported in a log tag'],
];

for (const [template, message] of REFUSED)
  test(`${template} is refused`, () => {
    assert.throws(
      () => tagOf(template),
      (error) =>
        isKind(error, 'invalid-argument') &&
        (assert.equal(error.message, `template: log-tag:${message}`), true),
    );
  });

test('an expression that can’t be read is refused', () => {
  const subject = about('x');
  const bad = { ...subject, config: { type: 'json-file', config: { 'labels-regex': '(' } } };
  assert.throws(() => logTag(bad, 'vm'), /error parsing regexp: /);
  const go = {
    ...subject,
    labels: { Shop: '1' },
    config: { type: 'json-file', config: { 'labels-regex': '(?i)^[[:alpha:]]+$' } },
  };
  assert.deepEqual(extraAttributes(go), { Shop: '1' });
});
