namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Limits and peaks of a GPU. Limits: CUDA C++ Programming Guide, "Compute Capabilities", table of technical specifications. Peaks: dense, without sparsity, from the
/// document named in <see cref="Source"/>.
/// </summary>
public sealed record GpuModel
{
    /// <summary>A100 SXM4 80 GB (sm_80).</summary>
    public static GpuModel A100 { get; } = new()
    {
        Name = "A100",
        Major = 8,
        Minor = 0,
        Multiprocessors = 108,
        SharedPerSm = 164 << 10,
        SharedPerBlock = 163 << 10,
        L2Bytes = 40 << 20,
        Flops = 19.5e12,
        TensorFlops = 312e12,
        Bandwidth = 2.039e12,
        Source = "NVIDIA A100 Tensor Core GPU datasheet (2021)",
    };

    /// <summary>GeForce RTX 3090 (sm_86).</summary>
    public static GpuModel Rtx3090 { get; } = new()
    {
        Name = "RTX 3090",
        Major = 8,
        Minor = 6,
        Multiprocessors = 82,
        ThreadsPerSm = 1536,
        BlocksPerSm = 16,
        SharedPerSm = 100 << 10,
        SharedPerBlock = 99 << 10,
        L2Bytes = 6 << 20,
        Flops = 35.6e12,
        TensorFlops = 71e12,
        Bandwidth = 0.936e12,
        Source = "NVIDIA Ampere GA102 GPU Architecture whitepaper, appendix A (bf16 with f32 accumulation)",
    };

    /// <summary>GeForce RTX 4090 (sm_89).</summary>
    public static GpuModel Rtx4090 { get; } = new()
    {
        Name = "RTX 4090",
        Major = 8,
        Minor = 9,
        Multiprocessors = 128,
        ThreadsPerSm = 1536,
        BlocksPerSm = 24,
        SharedPerSm = 100 << 10,
        SharedPerBlock = 99 << 10,
        L2Bytes = 72 << 20,
        Flops = 82.6e12,
        TensorFlops = 165.2e12,
        Bandwidth = 1.008e12,
        Source = "NVIDIA Ada GPU Architecture whitepaper, appendix A (bf16 with f32 accumulation)",
    };

    /// <summary>H200 SXM (sm_90).</summary>
    public static GpuModel H200 { get; } = new()
    {
        Name = "H200",
        Major = 9,
        Minor = 0,
        Multiprocessors = 132,
        SharedPerSm = 228 << 10,
        SharedPerBlock = 227 << 10,
        L2Bytes = 50 << 20,
        Flops = 67e12,
        TensorFlops = 989e12,
        Bandwidth = 4.8e12,
        Source = "NVIDIA H200 Tensor Core GPU datasheet (2024); L2 of the H100 whitepaper",
    };

    /// <summary>The models, by compute capability.</summary>
    public static IReadOnlyList<GpuModel> All { get; } = [A100, Rtx3090, Rtx4090, H200];

    /// <summary>Product name.</summary>
    public required string Name { get; init; }

    /// <summary>Compute capability before the dot.</summary>
    public required int Major { get; init; }

    /// <summary>Compute capability behind the dot.</summary>
    public required int Minor { get; init; }

    /// <summary>Architecture, as <c>sm_90</c>.</summary>
    public string Architecture => $"sm_{Major}{Minor}";

    /// <summary>Streaming multiprocessors.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>Most threads of a block.</summary>
    public int ThreadsPerBlock { get; init; } = 1024;

    /// <summary>Most resident threads of a multiprocessor.</summary>
    public int ThreadsPerSm { get; init; } = 2048;

    /// <summary>Most resident warps of a multiprocessor.</summary>
    public int WarpsPerSm => ThreadsPerSm / 32;

    /// <summary>Most resident blocks of a multiprocessor.</summary>
    public int BlocksPerSm { get; init; } = 32;

    /// <summary>32-bit registers of a multiprocessor, a quarter in each of its four partitions.</summary>
    public int RegistersPerSm { get; init; } = 65536;

    /// <summary>Most registers of a thread.</summary>
    public int RegistersPerThread { get; init; } = 255;

    /// <summary>Registers are given to a warp in multiples of this.</summary>
    public int RegisterUnit { get; init; } = 256;

    /// <summary>Shared memory of a multiprocessor, bytes.</summary>
    public required int SharedPerSm { get; init; }

    /// <summary>Most shared memory of a block that asks for it, bytes; 48 KiB otherwise.</summary>
    public required int SharedPerBlock { get; init; }

    /// <summary>Shared memory the system takes for every block, bytes.</summary>
    public int SharedReserved { get; init; } = 1 << 10;

    /// <summary>Level-2 cache, bytes.</summary>
    public required long L2Bytes { get; init; }

    /// <summary>Peak f32 operations per second outside the tensor cores.</summary>
    public required double Flops { get; init; }

    /// <summary>Peak bf16 operations per second of the tensor cores, accumulating in f32.</summary>
    public required double TensorFlops { get; init; }

    /// <summary>Peak bytes per second of device memory.</summary>
    public required double Bandwidth { get; init; }

    /// <summary>Where the peaks are from.</summary>
    public required string Source { get; init; }

    /// <summary>Model of an architecture such as <c>sm_86</c>.</summary>
    /// <exception cref="DeviceException">There is none.</exception>
    public static GpuModel Find(string architecture)
    {
        foreach (var model in All)
            if (model.Architecture == architecture) return model;
        throw new DeviceException($"no GPU model for '{architecture}'; there are sm_80, sm_86, sm_89 and sm_90");
    }

    /// <summary>How many blocks and warps of a kernel a multiprocessor holds at a time.</summary>
    /// <param name="registers">Registers per thread.</param>
    /// <param name="sharedBytes">Static and dynamic shared memory per block.</param>
    /// <param name="threads">Threads per block.</param>
    public Occupancy Occupancy(int registers, int sharedBytes, int threads)
    {
        var warps = (threads + 31) / 32;
        var perWarp = Math.Max(1, (registers * 32 + RegisterUnit - 1) / RegisterUnit) * RegisterUnit;
        var byRegisters = RegistersPerSm / 4 / perWarp * 4 / warps;
        var byShared = SharedPerSm / ((sharedBytes + SharedReserved + 127) / 128 * 128);
        var byWarps = WarpsPerSm / warps;
        var blocks = Math.Min(Math.Min(byRegisters, byShared), Math.Min(byWarps, BlocksPerSm));
        var limit = blocks == byWarps ? "warps" : blocks == byRegisters ? "registers" : blocks == byShared ? "shared memory" : "blocks";
        return new Occupancy(blocks, blocks * warps, (double)(blocks * warps) / WarpsPerSm, limit);
    }
}
