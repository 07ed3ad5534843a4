using System.Globalization;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Splits PTX text into tokens (PTX ISA 8.4, chapter 4); comments and blanks go.</summary>
internal sealed class Lexer
{
    private const int MostTokens = 4_000_000;

    private static readonly string[] Pairs = ["<<", ">>", "<=", ">=", "==", "!=", "&&", "||"];

    private readonly PtxSource _source;
    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _spans;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private Lexer(PtxSource source)
    {
        (_source, _text) = (source, source.Text);
        _tokens = new List<Token>(_text.Length / 4 + 16);
        _spans = _strings.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>All tokens, <see cref="TokenKind.End"/> last.</summary>
    /// <exception cref="PtxException">A character or number is malformed.</exception>
    public static List<Token> Split(PtxSource source)
    {
        var lexer = new Lexer(source);
        while (lexer.Next())
            if (lexer._tokens.Count > MostTokens) throw lexer.Error(lexer._at, $"more than {MostTokens} tokens");
        return lexer._tokens;
    }

    private bool Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at == _text.Length)
        {
            Add(TokenKind.End, start, "", 0);
            return false;
        }
        var c = _text[_at];
        var next = _at + 1 < _text.Length ? _text[_at + 1] : ' ';
        if (char.IsAsciiLetter(c) || c is '_' or '$' || (c == '%' && IsFollow(next)))
        {
            _at++;
            while (_at < _text.Length && IsFollow(_text[_at])) _at++;
            Add(TokenKind.Identifier, start, Intern(start, _at), 0);
        }
        else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(next) && !FollowsName(start))) Number();
        else if (c == '.') Dotted();
        else if (c == '"') Quoted();
        else Punctuation();
        return true;
    }

    private void Dotted()
    {
        var start = _at++;
        while (_at < _text.Length && (IsFollow(_text[_at]) || IsColons())) _at += _text[_at] == ':' ? 2 : 1;
        if (_at == start + 1) throw Error(start, "'.' without a name behind it");
        Add(TokenKind.Dotted, start, Intern(start + 1, _at), 0);
    }

    private bool IsColons() => _text[_at] == ':' && _at + 2 < _text.Length && _text[_at + 1] == ':' && IsFollow(_text[_at + 2]);

    private bool FollowsName(int at) => at > 0 && _tokens.Count > 0 && _tokens[^1].Kind is TokenKind.Identifier or TokenKind.Dotted && IsFollow(_text[at - 1]);

    private void Number()
    {
        var start = _at;
        var second = _at + 1 < _text.Length ? (char)(_text[_at + 1] | 0x20) : ' ';
        if (_text[_at] == '0' && second is 'f' or 'd')
        {
            var digits = second == 'f' ? 8 : 16;
            _at += 2;
            while (_at < _text.Length && IsFollow(_text[_at])) _at++;
            var written = _text.AsSpan(start + 2, _at - start - 2);
            if (written.Length != digits || !ulong.TryParse(written, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
                throw Error(start, $"'{Shown(start)}' is not a number; 0{second} is followed by {digits} hexadecimal digits");
            if (digits == 8) bits = BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)bits));
            Add(digits == 8 ? TokenKind.Float32 : TokenKind.Float64, start, Intern(start, _at), bits);
            return;
        }
        if (_text[_at] == '0' && second is 'x' or 'b')
        {
            _at += 2;
            Radix(start, start + 2, second == 'x' ? 16u : 2u);
            return;
        }
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        if (_at < _text.Length && (_text[_at] == '.' || (_text[_at] | 0x20) == 'e'))
        {
            Decimal(start);
            return;
        }
        _at = start;
        Radix(start, start, _text[start] == '0' ? 8u : 10u);
    }

    private void Decimal(int start)
    {
        if (_text[_at] == '.')
        {
            _at++;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        }
        if (_at < _text.Length && (_text[_at] | 0x20) == 'e')
        {
            _at++;
            if (_at < _text.Length && _text[_at] is '+' or '-') _at++;
        }
        while (_at < _text.Length && IsFollow(_text[_at])) _at++;
        if (!double.TryParse(_text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw Error(start, $"'{Shown(start)}' is not a number");
        Add(TokenKind.Float64, start, Intern(start, _at), BitConverter.DoubleToUInt64Bits(value));
    }

    private void Radix(int start, int from, uint radix)
    {
        _at = from;
        ulong value = 0;
        var digits = 0;
        for (; _at < _text.Length && char.IsAsciiHexDigit(_text[_at]) && Digit(_text[_at]) is var digit && digit < radix; _at++, digits++)
        {
            if (value > (ulong.MaxValue - digit) / radix) throw Error(start, "an integer needs more than 64 bits");
            value = value * radix + digit;
        }
        if (_at < _text.Length && _text[_at] is 'U' or 'u') _at++;
        var end = _at;
        while (_at < _text.Length && IsFollow(_text[_at])) _at++;
        if (digits == 0 || end != _at) throw Error(start, $"'{Shown(start)}' is not a number");
        Add(TokenKind.Integer, start, Intern(start, _at), value);
    }

    private void Quoted()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] is not '"' and not '\n') _at += _text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] != '\n' ? 2 : 1;
        if (_at >= _text.Length || _text[_at] != '"') throw Error(start, "text without closing quote");
        _at++;
        Add(TokenKind.Text, start, _text[(start + 1)..(_at - 1)], 0);
    }

    private void Punctuation()
    {
        var start = _at;
        foreach (var pair in Pairs)
        {
            if (!_text.AsSpan(_at).StartsWith(pair, StringComparison.Ordinal)) continue;
            _at += 2;
            Add(TokenKind.Punctuation, start, pair, 0);
            return;
        }
        var c = _text[_at++];
        if (!"(){}[]<>,;:+-*/%~!@|=&^?".Contains(c, StringComparison.Ordinal)) throw Error(start, c is > ' ' and <= '~' ? $"unexpected character '{c}'" : $"unexpected character U+{(int)c:X4}");
        Add(TokenKind.Punctuation, start, Intern(start, _at), 0);
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\n')
            {
                _line++;
                _lineStart = ++_at;
            }
            else if (c is ' ' or '\t' or '\r' or '\f' or '\v' || (c == '\0' && _at == _text.Length - 1)) _at++;
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/')
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '*') SkipComment();
            else return;
        }
    }

    private void SkipComment()
    {
        var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0) throw Error(_at, "comment without closing */");
        for (; _at < end; _at++)
        {
            if (_text[_at] != '\n') continue;
            _line++;
            _lineStart = _at + 1;
        }
        _at = end + 2;
    }

    private void Add(TokenKind kind, int start, string text, ulong bits) => _tokens.Add(new Token(kind, text, bits, _line, start - _lineStart + 1));

    private string Intern(int start, int end)
    {
        var span = _text.AsSpan(start, end - start);
        if (_spans.TryGetValue(span, out var known)) return known;
        var text = span.ToString();
        _strings.Add(text);
        return text;
    }

    private string Shown(int start) => _at - start <= 40 ? _text[start.._at] : _text[start..(start + 40)] + "...";

    private PtxException Error(int at, string what) => new(_source, _line, at - _lineStart + 1, what);

    private static uint Digit(char c) => char.IsAsciiDigit(c) ? (uint)(c - '0') : (uint)((c | 0x20) - 'a' + 10);

    private static bool IsFollow(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';
}
