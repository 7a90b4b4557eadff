import NIOCore

/// What goes out.
extension SocketLine {
    func send(_ frame: SocketFrame, lane: Socket.Lane) {
        guard case .open = stage, !isOverflowing, let context else { return }
        if backlog.isEmpty, context.channel.isWritable { return write(frame) }
        guard lane == .durable else { return }
        if backlog.add(frame, limit: rules.limits.backlog) == .overflowed { tellOverflowed() }
    }

    func close(code: UInt16, reason: String) {
        guard case .open = stage else { return }
        while let frame = backlog.takeFirst() { write(frame) }
        write(.close(code: code, reason: reason))
        stage = .closing(since: .now())
        let me = NIOLoopBound(self, eventLoop: watch.eventLoop)
        watch.eventLoop.execute { me.value.tellClosed() }
    }

    func whenDrained(_ act: @escaping @Sendable () -> Void) {
        guard case .open = stage, let context, !backlog.isEmpty || !context.channel.isWritable else { return act() }
        drainWaiters.append(act)
    }

    private func tellDrained() {
        let waiters = drainWaiters
        drainWaiters = []
        for waiter in waiters { waiter() }
    }

    func flushNow() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        while context.channel.isWritable, let frame = backlog.takeFirst() { write(frame) }
        if backlog.isEmpty, context.channel.isWritable { tellDrained() }
        context.fireChannelWritabilityChanged()
    }

    func write(_ frame: SocketFrame) {
        context?.write(Self.wrapOutboundOut(frame.bytes), promise: nil)
        guard !needsFlush else { return }
        needsFlush = true
        watch.flushLater(self)
    }

    /// Closes only our direction: data of the peer that we never read would otherwise make the system reset the connection under our last frame.
    func finishOutput() {
        stage = .lingering(since: .now())
        flushNow()
        context?.close(mode: .output, promise: nil)
    }

    /// In a tick of its own, because the handler itself may be sending. Until then nothing is taken: the first frame after the gap is the one
    /// that tells of it.
    func tellOverflowed() {
        isOverflowing = true
        let me = NIOLoopBound(self, eventLoop: watch.eventLoop)
        watch.eventLoop.execute {
            me.value.isOverflowing = false
            guard let socket = me.value.socket else { return }
            me.value.handler?.overflowed(socket)
        }
    }

    func tellClosed() {
        guard let socket else { return }
        let handler = handler
        self.socket = nil
        self.handler = nil
        backlog = SocketBacklog()
        tellDrained()
        socket.ended()
        handler?.closed(socket)
    }
}
