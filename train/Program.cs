using System.Diagnostics;
using SiaEngine.Cpu;
using SiaEngine.Train;
using SiaEngine.Train.Data;
var w = Stopwatch.StartNew();
string A(string n, string d) { var i = Array.IndexOf(args, n); return i < 0 ? d : args[i + 1]; }
int I(string n, int d) => int.Parse(A(n, d.ToString()));
var d = Dataset.Prepare(null, null, I("--vocab", 2048), "/tmp/dcache", s => Console.WriteLine($"{w.Elapsed.TotalSeconds:F1} {s}"));
var p = Presets.Find(A("--preset", "demo"));
var c = p with { Attention = A("--attention", "sia"), Context = I("--context", p.Context), BatchTokens = I("--batch", p.BatchTokens), MicroBatchTokens = I("--batch", p.BatchTokens), Steps = I("--steps", p.Steps), Layers = I("--layers", p.Layers), Width = I("--width", p.Width), Heads = I("--heads", p.Heads), Seed = (ulong)I("--seed", 1), MuonRate = double.Parse(A("--muon", "0.02")), EmbeddingRate = double.Parse(A("--emb", "0.3")), HeadRate = double.Parse(A("--head", "0.002")) };
c = c with { CooldownSteps = c.Steps * 2 / 5 };
c.Validate();
using var cpu = new CpuDevice();
using var t = new Trainer(c, d, cpu);
Console.WriteLine($"{t.Model.Parameters.Weights} weights, unigram {d.Manifest!.UnigramEntropy:F3}");
var start = Stopwatch.StartNew();
for (var s = 0; s < c.Steps; s++) { var r = t.Step(); if (s < 5 || s % 25 == 24) Console.WriteLine($"{s + 1} loss {r.Loss:F4} norm {r.GradientNorm:F3} {t.Tokens / start.Elapsed.TotalSeconds:F0} tok/s {start.Elapsed.TotalSeconds:F1}s"); }
var ev = new Evaluation(d, c.Contexts, c.EvalTokens);
foreach (var l in ev.Run(t.Model)) Console.WriteLine($"{c.Attention} context {l.Context}: {l.Mean:F4}   {string.Join(' ', l.ByPosition.Select(x => x.Mean.ToString("F2")))}");
Console.WriteLine($"total {w.Elapsed.TotalSeconds:F1}s, peak {cpu.Pool.PeakBytes >> 20} MiB");
