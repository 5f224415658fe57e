#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of make-debian-map.py on a small made-up archive. Writes TAP; argument: the path of the generator."""
import contextlib
import gzip
import hashlib
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import unittest

GENERATOR = os.path.abspath(sys.argv[1])
spec = importlib.util.spec_from_file_location('make_debian_map', GENERATOR)
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)

# Two games by several binaries, a network tool, a sound server, and a lonely pair that is not connected to them.
PACKAGES = '''
Package: chessy
Version: 1
Section: games
Depends: libchessy1 (>= 1.0), talkd:any | postman, chess-engine
Description: plays the royal board
Description-md5: d1

Package: libchessy1
Source: chessy (1.0-2)
Section: libs
Enhances: chessy
Suggests: noised
Description: moves of pawns
Description-md5: d2

Package: talkd
Section: net
Provides: chess-engine
Pre-Depends: libc6
Description: networked pawns
Description-md5: d3

Package: libc6
Source: glibc
Section: libs
Description: base of all
Description-md5: d4

Package: postman
Section: mail
Depends: talkd [amd64],
 libc6
Description: brings letters
Description-md5: d5

Package: noised
Section: contrib/sound
Description: plays waves
Description-md5: d6

Package: paint
Section: graphics
Recommends: brush
Description: plays colours
Description-md5: d7

Package: brush
Section: graphics
Description: hairs
Description-md5: d8
'''
TRANSLATION = '''
Package: chessy
Description-md5: d1
Description-en: plays the royal board
 Rooks and Bishops, in 3d. A gamers' scientific
 soundness graphically mailed to networks.
 .
 Debian packages.

Package: talkd
Description-md5: an-older-one
Description-en: stale
 obsolete

Package: postman
Description-md5: d5
Description-en: brings letters
 Kdelike gnomes webbing mathematics videos databases electronics admins texts: pawns.
'''


def stanzas(*packages):
    """A list of (name, source, section) as the generator's groups by source."""
    text = '\n\n'.join(f'Package: {name}\nSource: {source}\nSection: {section}' for name, source, section in packages)
    return tool.group_by_source(tool.read_binaries(text, ''))


def words(text):
    return tool.words_of([{'text': text}])


class Reading(unittest.TestCase):
    def test_stanzas(self):
        binaries = tool.read_binaries(PACKAGES, TRANSLATION)
        self.assertEqual(len(binaries), 8)
        self.assertNotIn('Version', binaries['chessy'])
        self.assertIn('Bishops', binaries['chessy']['text'])
        self.assertIn('royal', binaries['chessy']['text'])

    def test_description_of_another_version_is_ignored(self):
        self.assertNotIn('obsolete', tool.read_binaries(PACKAGES, TRANSLATION)['talkd']['text'])

    def test_later_stanza_wins(self):
        text = 'Package: a\nSection: net\n\nPackage: a\nSection: mail\n'
        self.assertEqual(tool.read_binaries(text, '')['a']['Section'], 'mail')

    def test_compressed_lists(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending in ['', '.gz', '.bz2', '.xz']:
                opener = {'': open, '.gz': gzip.open, '.bz2': tool.bz2.open, '.xz': tool.lzma.open}[ending]
                path = os.path.join(folder, 'Packages' + ending)
                with opener(path, 'wb') as stream:
                    stream.write(PACKAGES.encode())
                self.assertEqual(tool.read_list(path), PACKAGES.encode())

    def test_updates_and_security_are_not_found(self):
        with tempfile.TemporaryDirectory() as folder:
            for site in ['deb.debian.org_debian_dists_bookworm-updates', 'security_dists_bookworm-security',
                         'deb.debian.org_debian_dists_bookworm']:
                open(os.path.join(folder, site + '_main_binary-amd64_Packages'), 'w').close()
            found = tool.find_list(folder, '*_dists_bookworm_main_binary-amd64_Packages*')
            self.assertTrue(found.endswith('debian_dists_bookworm_main_binary-amd64_Packages'))
            with self.assertRaises(SystemExit):
                tool.find_list(folder, '*_i18n_Translation-en*')


class Classes(unittest.TestCase):
    def test_sources(self):
        self.assertEqual(tool.source_of({'Package': 'a'}), 'a')
        self.assertEqual(tool.source_of({'Package': 'a', 'Source': 'b'}), 'b')
        self.assertEqual(tool.source_of({'Package': 'a', 'Source': 'b (1:2.0-3)'}), 'b')

    def test_own_name_beats_majority(self):
        members = stanzas(('a', 'a', 'mail'), ('a-x', 'a', 'net'), ('a-y', 'a', 'net'))['a']
        self.assertEqual(tool.class_of('a', members), 'mail')

    def test_generic_own_name_does_not_count(self):
        members = stanzas(('a', 'a', 'utils'), ('a-x', 'a', 'net'), ('a-y', 'a', 'libs'), ('a-z', 'a', 'libs'))['a']
        self.assertEqual(tool.class_of('a', members), 'net')

    def test_majority(self):
        members = stanzas(('x', 'a', 'games'), ('y', 'a', 'sound'), ('z', 'a', 'sound'))['a']
        self.assertEqual(tool.class_of('a', members), 'sound')

    def test_tie_goes_to_the_first_by_alphabet(self):
        members = stanzas(('x', 'a', 'text'), ('y', 'a', 'sound'))['a']
        self.assertEqual(tool.class_of('a', members), 'sound')

    def test_every_generic_section(self):
        for section in '''libs libdevel doc devel localization metapackages oldlibs debug introspection tasks utils misc
                          otherosfs kernel'''.split():
            self.assertIsNone(tool.class_of('a', stanzas(('a', 'a', section))['a']), section)

    def test_other_sections_vote_but_are_no_class(self):
        sources = stanzas(('a', 'a', 'admin'), ('b-x', 'b', 'python'), ('b-y', 'b', 'python'), ('b-z', 'b', 'net'))
        self.assertEqual(tool.choose_sources(sources), {})

    def test_area_before_the_section(self):
        self.assertEqual(tool.choose_sources(stanzas(('a', 'a', 'contrib/net'))), {'a': 'net'})

    def test_metapackages(self):
        half = stanzas(('a', 'a', 'net'), ('a-all', 'a', 'metapackages'))
        third = stanzas(('a', 'a', 'net'), ('a-x', 'a', 'net'), ('a-all', 'a', 'metapackages'))
        self.assertEqual(tool.choose_sources(half), {})
        self.assertEqual(tool.choose_sources(third), {'a': 'net'})


class Edges(unittest.TestCase):
    def setUp(self):
        binaries = tool.read_binaries(PACKAGES, TRANSLATION)
        sources = tool.group_by_source(binaries)
        self.chosen = tool.choose_sources(sources)
        self.neighbours = tool.join_sources(binaries, sources, self.chosen)

    def test_targets(self):
        fields = {'Depends': 'a (>= 1) | b:any [amd64] <!nocheck>,\nc', 'Suggests': 'd', 'Breaks': 'x', 'Provides': 'y'}
        self.assertEqual(list(tool.targets_of(fields)), ['a', 'b', 'c', 'd'])

    def test_every_relation(self):
        for relation in ['Depends', 'Pre-Depends', 'Recommends', 'Suggests', 'Enhances']:
            self.assertEqual(list(tool.targets_of({relation: 'a'})), ['a'])

    def test_alternatives(self):
        self.assertIn('talkd', self.neighbours['chessy'])
        self.assertIn('postman', self.neighbours['chessy'])

    def test_library_binary_of_the_source_counts(self):
        self.assertIn('noised', self.neighbours['chessy'])

    def test_symmetric_without_loops(self):
        for a, others in self.neighbours.items():
            self.assertNotIn(a, others)
            for b in others:
                self.assertIn(a, self.neighbours[b])

    def test_virtual_packages_and_other_sources_drop_out(self):
        self.assertNotIn('glibc', self.chosen)
        self.assertEqual(self.neighbours['talkd'], {'chessy', 'postman'})
        binaries = tool.read_binaries('''Package: a
Section: net
Provides: virtual

Package: b
Section: net
Depends: virtual''', '')
        sources = tool.group_by_source(binaries)
        self.assertEqual(tool.join_sources(binaries, sources, tool.choose_sources(sources)), {'a': set(), 'b': set()})

    def test_largest_component(self):
        self.assertEqual(set(tool.largest_component(self.neighbours)), {'chessy', 'noised', 'postman', 'talkd'})


class Words(unittest.TestCase):
    def test_runs_of_three_letters(self):
        self.assertEqual(words('Ab ABC x-ray, 3Dfx! c++ na\u00efve'), {'abc', 'ray', 'dfx'})

    def test_stop_words(self):
        self.assertEqual(words('the package provides a library of rooks'), {'rooks'})

    def test_leaking_words(self):
        for stem in '''game scien sound graphic mail net text kde gnome web math video databas electronic
                       admin'''.split():
            self.assertEqual(words(f'{stem}ing {stem} rook'), {'rook'}, stem)
        self.assertEqual(words('email subnet context'), {'email', 'subnet', 'context'})

    def test_vocabulary_bounds(self):
        bags = [{'all', 'rare', 'some'}] * 2 + [{'all', 'some'}] + [{'all'}] * 9
        self.assertEqual(tool.choose_vocabulary(bags, 10), ['some'])  # 2 are too few, 12 of 12 too many, 3 of 12 fit
        self.assertEqual(tool.choose_vocabulary(bags[:-1], 10), [])  # 3 of 11 are more than a quarter

    def test_vocabulary_order(self):
        bags = [{'zebra', 'beta', 'alpha'}] * 3 + [{'zebra'}] + [set()] * 12
        self.assertEqual(tool.choose_vocabulary(bags, 2), ['alpha', 'zebra'])


class Split(unittest.TestCase):
    def test_order_by_hash(self):
        names = [f'package-{i}' for i in range(40)]
        classes = ['net' if i % 2 else 'mail' for i in range(40)]
        parts = tool.split_nodes(names, classes, 3, 5, 7)
        order = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        part = dict(zip(names, parts))
        for kind in ['net', 'mail']:
            of_class = [name for name in order if classes[names.index(name)] == kind]
            self.assertEqual({part[name] for name in of_class[:3]}, {'train'})
            self.assertNotIn('train', {part[name] for name in of_class[3:]})
        rest = [part[name] for name in order if part[name] != 'train']
        self.assertEqual(rest, ['val'] * 5 + ['test'] * 7 + ['-'] * 22)


class Whole(unittest.TestCase):
    def test_map(self):
        data = tool.make_map(PACKAGES, TRANSLATION)
        self.assertEqual(data.names, ['chessy', 'noised', 'postman', 'talkd'])
        self.assertEqual(data.classes, ['games', 'sound', 'mail', 'net'])
        self.assertEqual(data.edges, [(0, 1), (0, 2), (0, 3), (2, 3)])
        self.assertEqual(data.vocabulary, [])  # none of the words can be in three of four and in at most one

    def test_file(self):
        data = tool.Map(['a', 'b', 'c'], ['net', 'mail', 'net'], [(0, 1), (0, 2), (1, 2)], ['rook', 'sea'],
                        [[0, 1], [], [1]], ['train', '-', 'test'])
        stream = io.StringIO()
        tool.write_map(stream, data, ['one'])
        self.assertEqual(stream.getvalue(),
                         '# one\nwords\trook sea\na\tnet\ttrain\t0 1\t1 2\nb\tmail\t-\t\t2\nc\tnet\ttest\t1\t\n')

    def test_report(self):
        data = tool.Map(['a', 'b', 'c'], ['net', 'mail', 'net'], [(0, 1), (0, 2)], ['rook'], [[0], [], [0]],
                        ['train', 'test', 'test'])
        text = '\n'.join([*tool.report_graph(data), *tool.report_words(data), *tool.report_split(data)])
        self.assertIn('undirected edges: 3 / 2', text)
        self.assertIn('degree: 1.33 / 1 / 2 (a)', text)
        self.assertIn('homophily of edges: 0.5000', text)
        self.assertIn('net 0.667', text)
        self.assertIn('1 / 2 / 0.7 (0 .. 1)', text)
        self.assertIn('hops: 100.0% / 100.0% / 100.0%', text)
        self.assertIn('train 1, val 0, test 2, - 0', text)

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            start = os.path.join(folder, 'somewhere_dists_bookworm_')
            for name, text in [('main_binary-amd64_Packages', PACKAGES), ('main_i18n_Translation-en', TRANSLATION),
                               ('InRelease', 'Version: 12.99\nDate: Mon, 1 Jan 2029\n')]:
                with open(start + name, 'w') as stream:
                    stream.write(text)
            output = os.path.join(folder, 'map.tsv')
            command = [sys.executable, GENERATOR, '--lists', folder, '--output', output]
            printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            with open(output) as stream:
                text = stream.read()
        self.assertIn('nodes / undirected edges: 4 / 4', printed)
        self.assertIn('Debian 12.99 (bookworm), main, amd64, of Mon, 1 Jan 2029', text)
        self.assertIn(hashlib.sha256(PACKAGES.encode()).hexdigest(), text)
        self.assertIn(hashlib.sha256(TRANSLATION.encode()).hexdigest(), text)
        self.assertIn('CC0-1.0', text)
        self.assertIn('no description text is copied', text)


class TapResult(unittest.TestResult):
    """Writes a TAP line a test, so that meson counts them."""

    def report(self, test, error=None):
        print(f'{"not ok" if error else "ok"} {self.testsRun} {test.id().partition(".")[2]}')
        if error:
            print('\n'.join('# ' + line for line in self._exc_info_to_string(error, test).split('\n')))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, err)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    print(f'1..{suite.countTestCases()}')
    result = TapResult()
    with contextlib.redirect_stderr(io.StringIO()):
        suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
