using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace SiaEngine.Tests;

/// <summary>FsCheck with a literal seed: the same cases on every run; a failure prints the smallest one it could find.</summary>
internal static class Property
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(new Replay(new Rnd(17, 19), FSharpOption<int>.None)).WithQuietOnSuccess(true);

    /// <summary>Requires <paramref name="check"/> to pass for 300 generated values.</summary>
    public static void Holds<T>(Gen<T> values, Action<T> check) => Prop.ForAll(values.ToArbitrary(), check).Check(Seeded);
}
