using FsCheck.Fluent;

namespace SiaEngine.Tests;

public class PropertyTests
{
    [Fact]
    public void A_property_that_does_not_hold_fails() =>
        Assert.Contains("Falsifiable", Assert.ThrowsAny<Exception>(() => Property.Holds(Gen.Choose(0, 100), x => Assert.True(x < 50))).Message);
}
