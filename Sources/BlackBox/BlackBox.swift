import Synchronization

/// The black box of this process. One for all: whoever logs, handles or beats writes into the same.
package enum BlackBox {
    private static let handedOver = Mutex<BlackBoxMemory?>(nil)

    /// Takes the memory that the supervisor gave; before anything is written. Without it the box is this process's own and dies with it.
    /// - Throws: `BlackBoxError`; the worker then goes on with a box of its own.
    package static func adopt(descriptor: Int32) throws(BlackBoxError) {
        let memory = try BlackBoxMemory(descriptor: descriptor)
        handedOver.withLock { $0 = memory }
    }

    /// The pen. The first use decides where it writes.
    package static let writer = BlackBoxWriter(handedOver.withLock { $0 } ?? own)

    /// Two MiB of address space are there as long as a process can run at all: then plain memory does.
    private static var own: BlackBoxMemory { (try? BlackBoxMemory()) ?? BlackBoxMemory(allocating: ()) }
}
