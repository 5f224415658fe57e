#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes debian-map.tsv, the built-in data set, from Debian's package lists.

A node is a source package of one of seven archive sections, an edge joins two packages of which one depends on,
recommends, suggests or enhances the other, the features are words of the descriptions. Only facts are taken: names,
sections, relations, and which of 1,000 common words occur; no description text is copied.

The lists come through the ordinary apt client. Container images switch translations off, so fetch both lists into a
private folder, without touching the machine's own lists:

  mkdir -p STATE/lists/partial STATE/cache
  echo 'deb http://deb.debian.org/debian bookworm main' > STATE/sources.list
  apt-get -o Dir::State=STATE -o Dir::Cache=STATE/cache -o Dir::Etc::SourceList=STATE/sources.list \\
    -o Dir::Etc::SourceParts=/dev/null -o Acquire::Languages=en update
  /usr/bin/python3 make-debian-map.py --lists STATE/lists --output debian-map.tsv

(STATE: an absolute path.) Then make the positions again, with make-debian-layout.c. Without --lists the machine's own
lists are used. The lists of updates and security are never looked at. Standard library only; .lz4 and .zst lists are
unpacked by apt's own helper.
"""
import argparse
import bz2
import collections
import glob
import gzip
import hashlib
import lzma
import os
import re
import statistics
import subprocess
import sys

CLASSES = ['games', 'graphics', 'mail', 'net', 'science', 'sound', 'text']
# Sections that say how a package is built or used, not what it is for.
GENERIC_SECTIONS = set('''libs libdevel doc devel localization metapackages oldlibs debug introspection tasks utils
misc otherosfs kernel'''.split())
RELATIONS = ['Depends', 'Pre-Depends', 'Recommends', 'Suggests', 'Enhances']
FIELDS = {'Package', 'Source', 'Section', 'Description', 'Description-md5', 'Description-en'} | set(RELATIONS)
# Words that begin like a class or another section would give the class away.
LEAKING = tuple('''game scien sound graphic mail net text kde gnome web math video databas electronic
admin'''.split())
STOP_WORDS = frozenset('''
about above after again against all almost along already also although always among and another any are around
because become been before being below between both but came can cannot come could did does doing done down during
each either else enough etc even ever every few for from full further get gets give given gives good had has have
having her here him his how however instead into isn its itself just keep know last least less let like likely
little long look made main mainly make makes making many may means might more most mostly much must near need needed
needs neither never new next non nor not nothing now off often old once one ones only onto other others our out over
own part particular per perhaps possible quite rather really same see several shall she should similar simple simply
since some something sometimes soon still such take taken than that the their them then there these they thing things
this those though three through thus together too toward towards two under unless unlike until upon use used useful
user users uses using usually various very via want was way ways well were what when where whether which while who
whole whose why will with within without won would yes yet you your
available based contain contained containing contains depend depends description dummy include included includes
including install installed installing installs provide provided providing provides require required requires
package packages packaged packaging library libraries file files header headers debian ubuntu gnu linux unix source
sources binary binaries build built transitional metapackage documentation development shared static runtime symbols
debug debugging upstream program programs software version support supports supported features http https www org com
html homepage url
'''.split())
N_WORDS = 1000
MIN_NODES = 3  # a word in fewer nodes tells nothing
MAX_SHARE = 4  # nor does one in more than a quarter of them
N_TRAIN_PER_CLASS, N_VAL, N_TEST = 20, 500, 1000
PARTS = ['train', 'val', 'test', '-']


class Map:
    """The finished data set: nodes in order; edges as pairs i < j; words of a node as ascending numbers."""

    def __init__(self, names, classes, edges, vocabulary, words, parts):
        self.names, self.classes, self.edges = names, classes, edges
        self.vocabulary, self.words, self.parts = vocabulary, words, parts


# Reading the lists.

def read_list(path):
    """The unpacked bytes of a list, however apt keeps it."""
    ending = os.path.splitext(path)[1]
    if ending in ('.lz4', '.zst'):
        return subprocess.run(['/usr/lib/apt/apt-helper', 'cat-file', path], check=True, stdout=subprocess.PIPE).stdout
    openers = {'.gz': gzip.open, '.bz2': bz2.open, '.xz': lzma.open}
    with openers.get(ending, open)(path, 'rb') as stream:
        return stream.read()


def parse_stanzas(text):
    """Yields one dict a stanza with the FIELDS it has; continuation lines are joined by newlines."""
    for stanza in re.split(r'\n[ \t]*\n+', text.strip('\n')):
        fields, name = {}, None
        for line in stanza.split('\n'):
            if line[:1] in (' ', '\t'):
                if name is not None:
                    fields[name] += '\n' + line.strip()
                continue
            key, colon, value = line.partition(':')
            name = key if colon and key in FIELDS else None
            if name is not None:
                fields[name] = value.strip()
        if 'Package' in fields:
            yield fields


def read_binaries(packages_text, translation_text):
    """Binary packages by name. Of two stanzas of one name the later counts."""
    long_descriptions = {}
    for fields in parse_stanzas(translation_text):
        long_descriptions[fields['Package'], fields.get('Description-md5')] = fields.get('Description-en', '')
    binaries = {}
    for fields in parse_stanzas(packages_text):
        long_description = long_descriptions.get((fields['Package'], fields.get('Description-md5')), '')
        fields['text'] = fields.get('Description', '') + '\n' + long_description
        binaries[fields['Package']] = fields
    return binaries


# Recipe, step by step. The numbers are those of the method description.

def source_of(fields):
    """1. Field Source without the version in brackets, else the package's own name."""
    return fields.get('Source', fields['Package']).split(' ')[0].split('(')[0]


def group_by_source(binaries):
    sources = collections.defaultdict(list)
    for fields in binaries.values():
        sources[source_of(fields)].append(fields)
    return sources


def section_of(fields):
    return fields.get('Section', '').rpartition('/')[2]


def class_of(source, members):
    """2. The section of the binary of the source's own name, else the most frequent; None if there is none."""
    sections = {}
    for fields in members:
        if section_of(fields) not in GENERIC_SECTIONS:
            sections[fields['Package']] = section_of(fields)
    if source in sections:
        return sections[source]
    if not sections:
        return None
    count = collections.Counter(sections.values())
    return min(count, key=lambda section: (-count[section], section))


def is_metapackage(members):
    return 2 * sum(section_of(fields) == 'metapackages' for fields in members) >= len(members)


def choose_sources(sources):
    """The sources of the seven classes, and their class."""
    chosen = {}
    for source, members in sources.items():
        section = class_of(source, members)
        if section in CLASSES and not is_metapackage(members):
            chosen[source] = section
    return chosen


def targets_of(fields):
    """3. Every package name a binary refers to, every alternative, without version or architecture."""
    for relation in RELATIONS:
        for clause in re.split(r'[,|]', fields.get(relation, '')):
            name = re.match(r'\s*([^\s(\[:<]+)', clause)
            if name:
                yield name.group(1)


def join_sources(binaries, sources, chosen):
    """Neighbours of each chosen source. Virtual packages are in no list of binaries, so they drop out here."""
    neighbours = {source: set() for source in chosen}
    for source in chosen:
        for fields in sources[source]:
            for name in targets_of(fields):
                target = source_of(binaries[name]) if name in binaries else None
                if target in chosen and target != source:
                    neighbours[source].add(target)
                    neighbours[target].add(source)
    return neighbours


def distances(starts, neighbours):
    """Hops from the nearest of @starts, by node, for all that can be reached."""
    found = {start: 0 for start in starts}
    queue = collections.deque(starts)
    while queue:
        node = queue.popleft()
        for other in neighbours[node]:
            if other not in found:
                found[other] = found[node] + 1
                queue.append(other)
    return found


def largest_component(neighbours):
    """4. Of two of one size, the one with the first name."""
    best, seen = [], set()
    for start in sorted(neighbours):
        if start not in seen:
            component = list(distances([start], neighbours))
            seen.update(component)
            if len(component) > len(best):
                best = component
    return best


def words_of(members):
    """5. Runs of at least three letters a-z in the descriptions, without stop words and leaking words."""
    text = '\n'.join(fields['text'] for fields in members).lower()
    return {word for word in re.findall(r'[a-z]{3,}', text)
            if word not in STOP_WORDS and not word.startswith(LEAKING)}


def choose_vocabulary(bags, n_words):
    count = collections.Counter(word for bag in bags for word in bag)
    fitting = [word for word in count if count[word] >= MIN_NODES and count[word] * MAX_SHARE <= len(bags)]
    fitting.sort(key=lambda word: (-count[word], word))
    return sorted(fitting[:n_words])


def split_nodes(names, classes, n_train=N_TRAIN_PER_CLASS, n_val=N_VAL, n_test=N_TEST):
    """7. By the SHA-256 of the name: no random generator, and a name keeps its place when others come or go."""
    order = sorted(range(len(names)), key=lambda i: hashlib.sha256(names[i].encode()).hexdigest())
    parts, taken, rest = ['-'] * len(names), collections.Counter(), []
    for i in order:
        if taken[classes[i]] < n_train:
            taken[classes[i]] += 1
            parts[i] = 'train'
        else:
            rest.append(i)
    for i in rest[:n_val]:
        parts[i] = 'val'
    for i in rest[n_val:n_val + n_test]:
        parts[i] = 'test'
    return parts


def make_map(packages_text, translation_text, n_words=N_WORDS):
    binaries = read_binaries(packages_text, translation_text)
    sources = group_by_source(binaries)
    chosen = choose_sources(sources)
    neighbours = join_sources(binaries, sources, chosen)
    names = sorted(largest_component(neighbours), key=str.encode)  # 6.
    number = {name: i for i, name in enumerate(names)}
    edges = sorted((number[a], number[b]) for a in names for b in neighbours[a] if number[a] < number[b])
    bags = [words_of(sources[name]) for name in names]
    vocabulary = choose_vocabulary(bags, n_words)
    place = {word: i for i, word in enumerate(vocabulary)}
    words = [sorted(place[word] for word in bag if word in place) for bag in bags]
    classes = [chosen[name] for name in names]
    return Map(names, classes, edges, vocabulary, words, split_nodes(names, classes))


# The file and the figures.

def provenance(release, packages, translation):
    version = re.search(r'^Version: *(.*)$', release, re.M)
    date = re.search(r'^Date: *(.*)$', release, re.M)
    yield 'Debian software map: source packages, what they lean on, and which words describe them.'
    yield 'SPDX-License-Identifier: CC0-1.0'
    yield (f'Made from the package lists of Debian {version.group(1) if version else "12"} (bookworm), main, amd64'
           f'{", of " + date.group(1) if date else ""}, by make-debian-map.py.')
    yield f'SHA-256 of Packages: {hashlib.sha256(packages).hexdigest()}'
    yield f'SHA-256 of Translation-en: {hashlib.sha256(translation).hexdigest()}'
    yield ('Package names, section names, relations and the occurrence of single words are facts; no description '
           'text is copied. Debian is named only to say where the facts come from.')
    yield ('First line: the words, numbered from 0. Then a node a line, numbered from 0: name, class, part of the '
           'split (- for none), numbers of its words, numbers of its later neighbours.')


def write_map(stream, data, comments):
    later = [[] for _ in data.names]
    for i, j in data.edges:
        later[i].append(str(j))
    for comment in comments:
        stream.write(f'# {comment}\n')
    stream.write('words\t' + ' '.join(data.vocabulary) + '\n')
    for i, name in enumerate(data.names):
        words = ' '.join(map(str, data.words[i]))
        stream.write('\t'.join([name, data.classes[i], data.parts[i], words, ' '.join(later[i])]) + '\n')


def counts_text(values, order):
    count = collections.Counter(values)
    return ', '.join(f'{value} {count[value]}' for value in order)


def report_graph(data):
    neighbours = {i: set() for i in range(len(data.names))}
    for i, j in data.edges:
        neighbours[i].add(j)
        neighbours[j].add(i)
    degrees = [len(neighbours[i]) for i in neighbours]
    same = collections.Counter()
    total = collections.Counter()
    for i, j in data.edges:
        for one, other in ((data.classes[i], data.classes[j]), (data.classes[j], data.classes[i])):
            total[one] += 1
            same[one] += one == other
    yield f'nodes / undirected edges: {len(data.names)} / {len(data.edges)}'
    yield (f'mean / median / largest degree: {statistics.mean(degrees):.2f} / {statistics.median(degrees):g} / '
           f'{max(degrees)} ({data.names[degrees.index(max(degrees))]})')
    yield f'nodes per class: {counts_text(data.classes, CLASSES)}'
    yield f'homophily of edges: {sum(same.values()) / max(1, sum(total.values())):.4f}'
    yield 'homophily per class: ' + ', '.join(f'{c} {same[c] / max(1, total[c]):.3f}' for c in CLASSES)
    yield from report_coverage(data, neighbours)


def report_coverage(data, neighbours):
    found = distances([i for i, part in enumerate(data.parts) if part == 'train'], neighbours)
    test = [i for i, part in enumerate(data.parts) if part == 'test']
    shares = [sum(found.get(i, 99) <= hops for i in test) / max(1, len(test)) for hops in (1, 2, 3)]
    yield 'test nodes with a training node within 1 / 2 / 3 hops: ' + ' / '.join(f'{s:.1%}' for s in shares)


def report_words(data):
    per_node = [len(words) for words in data.words]
    yield (f'features / ones / mean per node (range): {len(data.vocabulary)} / {sum(per_node)} / '
           f'{statistics.mean(per_node):.1f} ({min(per_node)} .. {max(per_node)})')


def report_split(data):
    yield f'split: {counts_text(data.parts, PARTS)}'
    for part in PARTS:
        yield f'  {part}: ' + counts_text([c for c, p in zip(data.classes, data.parts) if p == part], CLASSES)


def find_list(folder, pattern):
    found = sorted(glob.glob(os.path.join(folder, pattern)))
    if not found:
        sys.exit(f'make-debian-map: no list {pattern} in {folder}; fetch it with the commands that --help shows')
    return found[0]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--lists', default='/var/lib/apt/lists', help='folder with the lists (%(default)s)')
    parser.add_argument('--suite', default='bookworm', help='release whose lists are looked for (%(default)s)')
    parser.add_argument('--packages', help='the Packages list itself')
    parser.add_argument('--translation', help='the Translation-en list itself')
    parser.add_argument('--release', help='the InRelease file itself: version and date')
    parser.add_argument('--output', help='write the data set here; without it only the figures are printed')
    return parser.parse_args()


def main():
    options = parse_arguments()
    prefix = f'*_dists_{options.suite}_'
    packages = read_list(options.packages or find_list(options.lists, prefix + 'main_binary-amd64_Packages*'))
    translation = read_list(options.translation or find_list(options.lists, prefix + 'main_i18n_Translation-en*'))
    release = read_list(options.release or find_list(options.lists, prefix + 'InRelease')).decode()
    data = make_map(packages.decode(), translation.decode())
    for line in [*report_graph(data), *report_words(data), *report_split(data)]:
        print(line)
    if options.output:
        with open(options.output, 'w', encoding='utf-8', newline='\n') as stream:
            write_map(stream, data, provenance(release, packages, translation))
        print(f'file: {os.path.getsize(options.output)} bytes')


if __name__ == '__main__':
    main()
