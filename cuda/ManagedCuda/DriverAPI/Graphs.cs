using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Graphs; the spelling of the name is ManagedCuda's.</summary>
    public static class GraphManagment
    {
        private static readonly NativeEntry Instantiate = Entry("cuGraphInstantiateWithFlags");
        private static readonly NativeEntry LaunchGraph = Entry("cuGraphLaunch");
        private static readonly NativeEntry ExecDestroy = Entry("cuGraphExecDestroy");
        private static readonly NativeEntry Destroy = Entry("cuGraphDestroy");

        public static CUResult cuGraphInstantiate(ref CUgraphExec phGraphExec, CUgraph hGraph, CUgraphInstantiate_flags flags)
        {
            fixed (CUgraphExec* e = &phGraphExec) return ((delegate* unmanaged<CUgraphExec*, CUgraph, ulong, CUResult>)Instantiate.Address)(e, hGraph, (ulong)flags);
        }

        public static CUResult cuGraphLaunch(CUgraphExec hGraphExec, CUstream hStream) =>
            ((delegate* unmanaged<CUgraphExec, CUstream, CUResult>)LaunchGraph.Address)(hGraphExec, hStream);

        public static CUResult cuGraphExecDestroy(CUgraphExec hGraphExec) => ((delegate* unmanaged<CUgraphExec, CUResult>)ExecDestroy.Address)(hGraphExec);

        public static CUResult cuGraphDestroy(CUgraph hGraph) => ((delegate* unmanaged<CUgraph, CUResult>)Destroy.Address)(hGraph);
    }
}
