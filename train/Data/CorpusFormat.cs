using System.Text.Json.Serialization;

namespace SiaEngine.Train.Data;

/// <summary>What a file of a corpus holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CorpusFormat>))]
public enum CorpusFormat
{
    /// <summary>Plain text or Markdown, UTF-8 (or UTF-16 with a byte order mark): one document.</summary>
    Text,

    /// <summary>.NET XML documentation: one document per namespace.</summary>
    XmlDocumentation,

    /// <summary>One JSON object a line; the field <c>text</c> of each is a document.</summary>
    JsonLines,

    /// <summary>A table; each row of the column <c>text</c> is a document.</summary>
    Parquet,

    /// <summary>Tokens, see <see cref="TokenFile"/>.</summary>
    TokenShard,
}
