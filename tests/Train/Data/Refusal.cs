using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

/// <summary>The one line with which unusable input is refused.</summary>
internal static class Refusal
{
    public static string Of(Action action)
    {
        var message = Assert.Throws<DataException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    public static string Of(Func<object?> action) => Of(() => { action(); });
}
