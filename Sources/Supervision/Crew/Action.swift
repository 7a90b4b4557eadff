/// What the supervisor is to do.
package enum Action: Sendable, Equatable {
    case spawn(Member.Role)
    case say(Int32, ToWorker)
    case kill(Int32, signal: Int32)
    /// To the thread that hangs, so that the backtrace is that one's. `thread`: who gave the last sign of life; 0: not known.
    case killThread(Int32, thread: Int32, signal: Int32)
    /// Keep the evidence of a death, or of a life before it is ended.
    case record(Int32, EndKind)
    /// A line of the log.
    case tell(Severity, String, [String: String] = [:])
    /// Tell the service manager.
    case notify(Notice)
    /// Answer who asked.
    case answer(Int, OrderAnswer)
    /// Resolve the settings again, by the program that the new worker is to be; `planned` is told what came of it.
    case plan
    /// Workers are started from the program before again. `reason`: why not from this one.
    case leaveProgram(reason: String)
    /// The program ends: nobody is left.
    case end(Crew.Ending)
}

/// How bad a line of the log is.
package enum Severity: String, Sendable {
    case info, notice, warning, error
}

/// The kinds of evidence.
package enum EndKind: Sendable, Equatable {
    case exit, signal
    /// A pulse stood still.
    case hang(pulse: String, milliseconds: Int64)
    /// A stage of the start took too long.
    case deadline
    case foreignStop
    case restart

    package var name: String {
        switch self {
        case .exit: "exit"
        case .signal: "signal"
        case .hang: "hang"
        case .deadline: "deadline"
        case .foreignStop: "foreign-stop"
        case .restart: "restart"
        }
    }
}

/// What the service manager hears (sd_notify(3)).
package enum Notice: Sendable, Equatable {
    case ready, reloading, stopping
    case status(String)
}

/// What the commands of the command line ask.
package enum Order: Sendable, Equatable {
    case restart, drain, stop, reload, resume
    case level(String, seconds: Int?)
}

/// What came of an order.
package struct OrderAnswer: Sendable, Equatable {
    package var isDone: Bool
    package var text: String

    package init(_ isDone: Bool, _ text: String) {
        self.isDone = isDone
        self.text = text
    }
}
