namespace SiaEngine.Cuda;

/// <summary>
/// Expands the templates kernels are written in. Line-based: a directive is a line whose first non-blank character is <c>#</c>.
/// </summary>
/// <remarks>
/// <code>
/// #include NAME                      the macros and constants of native/ptx/include/NAME.ptx, once; its comments outside macros are left out
/// #let NAME = EXPR                   constant, known to the end of the enclosing #for or #macro
/// #for X in a b c                    repeats to #end for words or numbers
/// #for I in 0..64 step 8             repeats for numbers, the last excluded
/// #if EXPR ... #else ... #end        lines for one case
/// #macro NAME p q ... #end           called by a line NAME(x, y): arguments are split at commas outside brackets, ${p} is the argument's text
/// ${EXPR}                            value of an expression, in any line, comments too
/// </code>
/// A macro sees the names of its caller. Lines made by a macro belong to the line of the file that called it.
/// </remarks>
public static class PtxTemplate
{
    /// <summary>Expands a file.</summary>
    /// <param name="name">Name of the file in messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="include">Text of an include file by name; throws <see cref="PtxException"/> if there is none.</param>
    /// <exception cref="PtxException">A directive, macro call or expression is wrong; the message is <c>file:line: what was wrong, what is accepted</c>.</exception>
    public static PtxSource Expand(string name, string text, Func<string, string> include)
    {
        var expander = new PtxTemplateExpander(include);
        expander.Run(PtxTemplateReader.Read(name, text));
        return expander.Result(name);
    }
}
