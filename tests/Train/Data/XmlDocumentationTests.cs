using System.Text;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public class XmlDocumentationTests
{
    [Fact]
    public void Markup_becomes_english()
    {
        var document = Assert.Single(Read("""
            <?xml version="1.0" encoding="utf-8"?>
            <doc>
              <assembly><name>Demo.Core</name></assembly>
              <members>
                <member name="T:Demo.Box`1">
                  <summary>Holds a <typeparamref name="T" />
                     &amp; nothing   else.</summary>
                  <typeparam name="T">The content's type.</typeparam>
                </member>
                <member name="M:Demo.Box`1.#ctor(`0)">
                  <summary>Initializes a new instance of the <see cref="T:Demo.Box`1" /> class.</summary>
                  <param name="value">What goes in.</param>
                </member>
                <member name="M:Demo.Box`1.Take``2(System.String,System.Func{``0,``1})">
                  <summary>Takes <paramref name="name" /> out.</summary>
                  <param name="name">Its name, or <see langword="null" />.</param>
                  <param name="pick"></param>
                  <returns>
                     <see langword="true" /> if found; see <see cref="M:System.Collections.Generic.Dictionary`2.TryGetValue(`0,`1@)" />.</returns>
                  <exception cref="T:System.ArgumentException">
                    <paramref name="name" /> is empty.

            -or-

            It is <c>"x"</c>.</exception>
                  <remarks><para>First.</para><para>Second <see href="https://a.b/c">link</see>, <see href="https://a.b/d" />.</para>
                    <list type="bullet"><item><term>One</term><description>is 1</description></item><item><description>Two</description></item></list>
                    <script>ignored()</script></remarks>
                  <seealso cref="T:Demo.Box`1" />
                </member>
                <member name="P:Demo.Box`1.Count"><value>How many.</value></member>
                <member name="M:Demo.Box`1.Demo#IBox#Open"><summary>Opens.</summary></member>
                <member name="M:Demo.Box`1.Silent"><inheritdoc /></member>
                <member name="M:Demo.Box`1.Empty" />
              </members>
            </doc>
            """));
        Assert.Equal("Demo.Core/Demo", document.Name);
        Assert.Equal("""
            Namespace Demo in Demo.Core

            Box<T>
            Holds a T & nothing else.
            T: The content's type.

            Box<T>(value)
            Initializes a new instance of the Box<T> class.
            value: What goes in.

            Box<T>.Take<T1, T2>(name, pick)
            Takes name out.
            name: Its name, or null.
            Returns: true if found; see Dictionary<T1, T2>.TryGetValue.
            Throws ArgumentException: name is empty. -or- It is "x".
            First.
            Second link, https://a.b/d.
            One: is 1
            Two

            Box<T>.Count
            Value: How many.

            Box<T>.Open()
            Opens.

            """, document.Text);
    }

    [Fact]
    public void A_document_per_namespace_and_nested_types_stay_in_theirs()
    {
        var documents = Read("""
            <doc><assembly><name>A</name></assembly><members>
              <member name="T:N.One.Outer"><summary>a</summary></member>
              <member name="T:N.One.Outer.Inner"><summary>b</summary></member>
              <member name="F:N.One.Outer.Inner.Field"><summary>c</summary></member>
              <member name="T:N.Two.Other"><summary>d</summary></member>
              <member name="P:N.One.Undeclared`1.Log.Text"><summary>e</summary></member>
              <member name="N:N.One"><summary>f</summary></member>
              <member name="T:Alone"><summary>g</summary></member>
            </members></doc>
            """);
        Assert.Equal(["A/N.One", "A/N.Two", "A/"], documents.Select(d => d.Name));
        Assert.Equal("Namespace N.One in A\n\nOuter\na\n\nInner\nb\n\nInner.Field\nc\n\nLog.Text\ne\n\nN.One\nf\n", documents[0].Text);
        Assert.Equal("Global namespace in A\n\nAlone\ng\n", documents[2].Text);
    }

    [Theory]
    [InlineData("T:System.String", "String")]
    [InlineData("T:System.Collections.Generic.List`1", "List<T>")]
    [InlineData("M:System.Collections.Generic.List`1.Add(`0)", "List<T>.Add")]
    [InlineData("M:System.Text.StringBuilder.#ctor(System.Int32)", "StringBuilder")]
    [InlineData("M:System.Int128.op_Explicit(System.Int128)~System.Byte", "Int128.op_Explicit")]
    [InlineData("F:System.Int32.MaxValue", "Int32.MaxValue")]
    [InlineData("N:System.Transactions", "System.Transactions")]
    [InlineData("Overload:System.Type.GetTypeFromProgID", "Type.GetTypeFromProgID")]
    [InlineData("System.Text.Json.Serialization.JsonConverter", "JsonConverter")]
    [InlineData("!:Missing", "Missing")]
    [InlineData("", "")]
    public void References_become_names(string id, string name) => Assert.Equal(name, CodeReference.Readable(id));

    [Theory]
    [InlineData("<doc><members></doc>", "x.xml: not well-formed XML at line 1, column 17")]
    [InlineData("<doc>\n<members>", "x.xml: not well-formed XML at line 2, column 10")]
    [InlineData("<Project></Project>", "x.xml: must be .NET XML documentation, root element <doc>; found <Project>")]
    [InlineData("<!DOCTYPE doc [<!ENTITY a 'b'>]><doc>&a;</doc>", "x.xml: not well-formed XML at line 1, column 39")]
    public void Broken_files_say_what_is_wrong(string xml, string message) => Assert.Equal(message, Refusal.Of(() => Read(xml)));

    private static List<Document> Read(string xml) => XmlDocumentation.Read(new MemoryStream(Encoding.UTF8.GetBytes(xml.TrimStart())), "x.xml");
}
