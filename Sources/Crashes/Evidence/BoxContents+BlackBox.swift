import BlackBox

extension BoxContents {
    /// - Parameter bytes: the file `blackbox`; nil when it is none.
    package init?(bytes: [UInt8]) {
        guard let reader = BlackBoxReader(bytes) else { return nil }
        build = reader.build.isEmpty ? nil : reader.build
        pid = reader.process > 0 ? Int64(reader.process) : nil
        startedAt = reader.startedAt > 0 ? reader.startedAt : nil
        stage = reader.stage.map { CertificateStage(number: $0.number, name: $0.name) }
        if let last = reader.signal, (1...64).contains(last.number) {
            signal = Int(last.number)
            sender = Self.sender(last)
        }
        let booted = reader.bootedAt
        heartbeats = reader.heartbeats.map { Heartbeat(name: $0.name, lastAt: booted &+ $0.last, thread: Int64($0.thread)) }
        inFlight = reader.inFlight.map { one in
            InFlight(
                kind: "\(one.kind)", request: one.id, bytes: one.bytes, startedAt: one.startedAt, fingerprint: one.fingerprint,
                isAnswered: one.isAnswered)
        }
        for counter in reader.counters where !counter.name.isEmpty { counters[counter.name] = Int64(clamping: counter.value) }
        log = reader.records().map { CertificateRecord(at: $0.at, level: $0.levelName, text: $0.text) }
    }

    /// A sender 0 is the kernel, or somebody outside of this container.
    private static func sender(_ signal: BlackBoxReader.Signal) -> CertificateSender? {
        guard signal.sender > 0 else { return nil }
        return CertificateSender(
            pid: Int64(signal.sender), uid: Int64(signal.user), command: signal.command.isEmpty ? nil : signal.command)
    }
}
