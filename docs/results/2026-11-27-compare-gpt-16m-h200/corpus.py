#!/usr/bin/env python3
"""The text of this comparison: XML documentation of NuGet packages and of the .NET SDK.

corpus.py FOLDER    takes packages.tsv beside it, packs below /usr/share/dotnet; then: sia train --preset gpt-16m --data FOLDER ... trains the tokenizer of 8,192 tokens

Of each package, the target whose documentation is largest, its well-formed files of 20,000 bytes and more.
"""
import collections, concurrent.futures, glob, io, os, shutil, sys, urllib.request, xml.etree.ElementTree, zipfile

folder = sys.argv[1]


def fetch(line):
    name, version = line.split("\t")
    package = name.lower()
    url = f"https://api.nuget.org/v3-flatcontainer/{package}/{version}/{package}.{version}.nupkg"
    archive = zipfile.ZipFile(io.BytesIO(urllib.request.urlopen(url, timeout=60).read()))
    targets = collections.defaultdict(list)
    for entry in archive.infolist():
        path = entry.filename
        if path.lower().endswith(".xml") and path.startswith(("lib/", "ref/")) and path.count("/") == 2:
            targets[path.rsplit("/", 1)[0]].append(entry)
    for entry in targets[max(sorted(targets), key=lambda target: sum(e.file_size for e in targets[target]))]:
        text = archive.read(entry)
        if b"<doc" not in text[:2000] or len(text) < 20000:
            continue
        try:
            xml.etree.ElementTree.fromstring(text)
        except xml.etree.ElementTree.ParseError:
            continue
        os.makedirs(f"{folder}/{name}", exist_ok=True)
        with open(f"{folder}/{name}/{os.path.basename(entry.filename)}", "wb") as file:
            file.write(text)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages.tsv")) as file:
    packages = file.read().split("\n")[:-1]
with concurrent.futures.ThreadPoolExecutor(12) as pool:
    list(pool.map(fetch, packages))
for pack in ("Microsoft.AspNetCore.App.Ref", "Microsoft.NETCore.App.Ref"):
    os.makedirs(f"{folder}/{pack}", exist_ok=True)
    for path in glob.glob(f"/usr/share/dotnet/packs/{pack}/*/ref/*/*.xml"):
        shutil.copy(path, f"{folder}/{pack}")
