package import NIOCore

/// The client's side, and time.
extension RelayExchange {
    /// A part of the request's body.
    package func received(_ bytes: ByteBuffer) {
        switch intake.take(bytes) {
        case .kept, .thrownAway: break
        case .full, .tired: line?.setReading(false)
        case .tooLarge: tell(.bodyTooLarge)
        case .passOn:
            guard case .running(let connection) = attempt else { return }
            pass(bytes, to: connection)
            if !connection.isWritable { line?.setReading(false) }
            flush()
        }
    }

    /// The request is whole.
    package func receivedEnd() {
        intake.complete()
        if let body = intake.takeGathered() {
            tell(.bodyGathered(body))
        } else if case .running(let connection) = attempt {
            passEnd(to: connection)
            flush()
        }
    }

    /// What came at once has been told.
    package func receivedAll() {
        if case .running(let connection) = attempt { connection.flush() }
    }

    /// The client takes more, or less.
    package func clientWritable(_ isWritable: Bool) {
        if case .running(let connection) = attempt { connection.hold(!isWritable) }
    }

    /// The client is gone. Nothing is told to the line any more.
    package func clientLeft() {
        line = nil
        deliver(.clientLeft)
    }

    package func draining() {
        tell(.draining)
    }

    func woken() {
        tell(.woken)
    }

    func look(at now: NIODeadline) {
        while !isOver, let timer = deadlines.takePassed(at: now) { tell(.timer(timer)) }
    }

    func gatherBody(limit: Int) {
        guard intake.gather(limit: limit) else { return deliver(.bodyTooLarge) }
        if let body = intake.takeGathered() { return deliver(.bodyGathered(body)) }
        line?.setReading(true)
    }
}
