using System.Text;

namespace SiaEngine.SimulatedCuda;

/// <summary>What <c>cuLinkCreate</c> makes. The simulator assembles nothing, so the "cubin" of one PTX text is that text.</summary>
/// <param name="options">Options, whose log buffers are filled by each addition.</param>
internal sealed unsafe class Linker(JitOptions options)
{
    private const int Ptx = 1;

    private byte[]? _image;
    private GCHandle _pinned;

    /// <summary>Adds PTX; other kinds and a second text are not linked.</summary>
    public void Add(int type, byte* data)
    {
        if (type != Ptx) throw new CuException(CuResult.NotSupported, $"input of type {type}; the simulator links PTX (1)");
        if (_image is not null) throw new CuException(CuResult.NotSupported, "a second PTX text; the simulator links one");
        var text = ModuleImage.Read(data, options);
        _image = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, _image);
        _pinned = GCHandle.Alloc(_image, GCHandleType.Pinned);
    }

    /// <summary>The image, which lives until <see cref="Free"/>.</summary>
    public (nint Address, nuint Bytes) Complete() =>
        _image is null ? throw new CuException(CuResult.InvalidValue, "nothing was added") : (_pinned.AddrOfPinnedObject(), (nuint)_image.Length);

    /// <summary>Ends the image.</summary>
    public void Free()
    {
        if (_pinned.IsAllocated) _pinned.Free();
    }
}
