using System.CommandLine;
using System.Text;
using SiaEngine.Model;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia sample</c>: continues a text, streaming, with a key/value cache.</summary>
internal static class SampleCommand
{
    public static Command Create(CommandContext context)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "Folder of a checkpoint or a run.", Required = true };
        var prompt = new Option<string>("--prompt") { Description = "Text to continue.", DefaultValueFactory = _ => "" };
        var tokens = Options.Whole("--tokens", "Tokens to write.", 1, 100);
        var temperature = Options.Real("--temperature", "0 takes the likeliest token.", 0, double.PositiveInfinity, 0.8);
        var topK = Options.Whole("--top-k", "Candidates considered; 0 is all.", 0, 0);
        var topP = Options.Real("--top-p", "Probability of the candidates considered.", 0, 1, 1);
        return context.Command("sample", "Continue a text.", Run, checkpoint, prompt, tokens, temperature, topK, topP);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed);
            var source = new CheckpointedModel(parsed.GetValue(checkpoint)!);
            using var model = source.Load(null, device);
            var tokenizer = source.Tokenizer()
                ?? throw new DataException($"{parsed.GetValue(checkpoint)}: the model learned from shards without a tokenizer, so text cannot be read or written");
            var text = parsed.GetValue(prompt)!;
            List<int> start = [tokenizer.Separator, .. tokenizer.Encode(text)];
            var sampler = new Sampler(context.Seed(parsed), parsed.GetValue(temperature), parsed.GetValue(topK), parsed.GetValue(topP));
            context.Screen.Write(text);
            // A character may span tokens: the decoder keeps incomplete bytes until the rest arrives.
            var decoder = Encoding.UTF8.GetDecoder();
            var written = new StringBuilder();
            var characters = new char[256];
            foreach (var token in sampler.Continue(model, start, parsed.GetValue(tokens)))
            {
                context.Stop.ThrowIfCancellationRequested();
                var bytes = tokenizer.Bytes(token);
                if (characters.Length < bytes.Length + 4) characters = new char[bytes.Length + 4];
                var piece = new string(characters, 0, decoder.GetChars(bytes, characters, flush: false));
                written.Append(piece);
                context.Screen.Write(piece);
            }

            context.Screen.Line();
            context.Screen.JsonLine(new { Prompt = text, Text = written.ToString() });
            return ExitCode.Done;
        }
    }
}
