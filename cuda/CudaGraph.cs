namespace SiaEngine.Cuda;

/// <summary>Work of a <see cref="CudaDevice"/> recorded by its driver: one launch issues all of it.</summary>
internal sealed class CudaGraph : CapturedWork
{
    private readonly CudaDevice _device;
    private readonly MemoryReservation _memory;
    private readonly DeferredChecks _checks;
    private readonly nint _graph;
    private bool _disposed;

    /// <summary>Records.</summary>
    public CudaGraph(CudaDevice device, IndexCheck indexCheck, Action work, CudaGraph? beside)
    {
        (_device, _checks) = (device, new DeferredChecks(device));
        _memory = device.Pool.Reserve(beside?._memory);
        try
        {
            _graph = Record(indexCheck, work);
        }
        catch
        {
            _checks.Free();
            device.Pool.Release(_memory);
            throw;
        }
        finally
        {
            device.Pool.EndReserving();
        }
    }

    /// <inheritdoc/>
    public override void Replay()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _device.Driver.LaunchGraph(_graph);
    }

    /// <inheritdoc/>
    public override void Verify() => _checks.Verify();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        _device.Driver.DestroyGraph(_graph);
        _checks.Free();
        _device.Pool.Release(_memory);
    }

    private nint Record(IndexCheck indexCheck, Action work)
    {
        _device.Driver.BeginCapture();
        indexCheck.Deferred = _checks;
        try
        {
            work();
        }
        catch
        {
            // The recording may have become invalid with the failure, which is the one to report.
            try
            {
                _device.Driver.DestroyGraph(_device.Driver.EndCapture());
            }
            catch (CudaException)
            {
            }

            throw;
        }
        finally
        {
            indexCheck.Deferred = null;
        }

        return _device.Driver.EndCapture();
    }
}
