using BenchmarkDotNet.Running;

// In this process: the program that is timed is the one that was built, and no second project is made of it.
BenchmarkSwitcher.FromAssembly(typeof(SiaEngine.Benchmarks.GemmBenchmarks).Assembly).Run([.. args, "--inProcess"]);
