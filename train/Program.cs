using System.Diagnostics;
using SiaEngine.Train.Data;
var w = Stopwatch.StartNew();
var d = Dataset.Prepare(null, null, 2048, "/tmp/dcache", s => Console.WriteLine($"{w.Elapsed.TotalSeconds:F1} {s}"));
Console.WriteLine($"{w.Elapsed.TotalSeconds:F1} {d.Manifest}");
var t = d.Tokenizer!; var ids = t.Encode("Hello  World, this is String.Concat(a, b) — naïve!\n\n x"); Console.WriteLine(string.Join(' ', ids) + "|" + t.Decode(ids));
