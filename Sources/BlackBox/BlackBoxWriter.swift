import CLinux
import Glibc
import Synchronization

/// The worker's pen. Any thread may use any verb at any time, none of them waits, allocates or calls the system (but for a clock that needs
/// no call): what is written last is what the process did last.
package final class BlackBoxWriter: Sendable {
    package let memory: BlackBoxMemory

    /// Takes the box over: what an earlier worker wrote into it is gone.
    package init(_ memory: BlackBoxMemory) {
        self.memory = memory
        if memory.number(Layout.Head.magic) != 0 { memory.base.initializeMemory(as: UInt8.self, repeating: 0, count: Layout.size) }
        memory.set(Layout.Head.process, Int64(getpid()))
        memory.set(Layout.Head.startedAt, Moment.wall)
        memory.set(Layout.Head.bootedAt, Moment.wall - Moment.steady)
        memory.set(Layout.Head.version, Layout.version)
        memory.word(Layout.Head.magic).pointee.store(Layout.magic, ordering: .releasing)
    }

    /// Which build writes, such as `0.1.0 (95b9d9e)`; at most 64 bytes.
    package func setBuild(_ build: String) {
        memory.set(Layout.Head.build, size: Layout.Head.buildSize, build)
    }

    /// The start has come this far.
    package func enter(_ stage: StartStage) {
        guarded(Layout.Stage.sequence) {
            memory.set(Layout.Stage.number, Int64(stage.rawValue))
            memory.set(Layout.Stage.since, Moment.wall)
            memory.set(Layout.Stage.name, size: Layout.Stage.nameSize, stage.name)
        }
    }

    /// A signal came. One that ends the process is not overwritten by one that doesn't.
    /// - Parameters:
    ///   - code: `si_code`: 0 and less from a process, above from the kernel.
    ///   - command: the sender's command line, empty when it could not be read; at most 256 bytes.
    package func noteSignal(number: Int32, code: Int32, sender: Int32, user: UInt32, command: String) {
        let ends = number == SIGTERM || number == SIGINT
        let known = Int64(bitPattern: memory.number(Layout.Signal.number))
        guard ends || (known != Int64(SIGTERM) && known != Int64(SIGINT)) else { return }
        guarded(Layout.Signal.sequence) {
            memory.set(Layout.Signal.number, Int64(number))
            memory.set(Layout.Signal.code, Int64(code))
            memory.set(Layout.Signal.sender, Int64(sender))
            memory.set(Layout.Signal.user, Int64(user))
            memory.set(Layout.Signal.at, Moment.wall)
            memory.set(Layout.Signal.command, size: Layout.Signal.commandSize, command)
        }
    }

    /// One writer at a time; a reader that comes in the middle sees an odd sequence. Who finds another writing does without: it's a mark.
    private func guarded(_ sequence: Int, _ write: () -> Void) {
        let word = memory.word(sequence)
        let found = word.pointee.load(ordering: .relaxed)
        guard found & 1 == 0, word.pointee.compareExchange(expected: found, desired: found &+ 1, ordering: .acquiringAndReleasing).exchanged
        else { return }
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        write()
        word.pointee.store(found &+ 2, ordering: .releasing)
    }

    /// The kernel's number of the thread at hand.
    @inline(__always)
    package static var thread: Int32 { clinux_thread_id() }
}
