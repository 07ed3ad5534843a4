namespace SiaEngine.Train;

/// <summary>Text files that are complete or not there.</summary>
internal static class AtomicText
{
    /// <summary>Writes beside the place and renames.</summary>
    public static void Write(string path, string text)
    {
        var partial = path + ".partial";
        File.WriteAllText(partial, text);
        File.Move(partial, path, overwrite: true);
    }
}
