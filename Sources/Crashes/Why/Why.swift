/// A certificate in words: one sentence, what it rests on, and what to do.
package struct Why: Sendable {
    let certificate: Certificate
    let language: CrashLanguage

    package init(_ certificate: Certificate, in language: CrashLanguage) {
        self.certificate = certificate
        self.language = language
    }

    func say(_ english: String, _ chinese: String) -> String { language == .english ? english : chinese }

    /// The verdict in one sentence.
    package var sentence: String {
        switch certificate.cause {
        case .trap: trapSentence
        case .abort: say("The worker ended itself (abort)", "工作进程自行中止（abort）") + placeWords + stop
        case .stackOverflow: stackSentence
        case .badMemory: say("The worker touched memory that is not its own", "工作进程访问了不属于它的内存") + placeWords + stop
        case .busError:
            say("The worker could not read a mapped file: its disk is full, broken or gone", "工作进程无法读取映射的文件：磁盘已满、损坏或已移除") + placeWords
                + stop
        case .arithmetic: say("The worker hit arithmetic that has no result", "工作进程遇到无效的算术运算") + placeWords + stop
        case .outOfMemory: memorySentence
        case .killed:
            say("Somebody outside killed the worker (SIGKILL); the kernel does not tell who it was.", "工作进程被外部杀死（SIGKILL）；内核不会告知是谁。")
        case .foreignStop: foreignSentence
        case .signalled:
            say("The worker was ended by \(signalName)", "工作进程被 \(signalName) 终止") + senderWords + stop
        case .resourceLimit: say("The worker reached a limit of the system (\(signalName)).", "工作进程达到系统限制（\(signalName)）。")
        case .forbiddenCall:
            say("The sandbox forbade the worker a system call (SIGSYS)", "沙箱禁止了工作进程的一次系统调用（SIGSYS）") + placeWords + stop
        case .hang: hangSentence
        case .hangAtStart:
            say("The start stood still at \(stageWords) until its deadline", "启动停滞在\(stageWords)，直到超时") + placeWords + stop
        case .refusedStart: refusalSentence
        case .exited: exitSentence
        case .powerCut:
            say(
                "The machine went down under the running server (power cut, reset, or the virtual machine was ended).",
                "机器在服务运行时宕机（断电、重启或虚拟机被终止）。")
        case .vanished:
            say(
                "Server and supervisor vanished together while the machine went on: both were killed at once.",
                "服务与监督进程同时消失，而机器仍在运行：两者被同时杀死。")
        case .orphaned:
            say(
                "The supervisor was killed while the machine went on; its worker noticed, let go of port and data, and ended.",
                "监督进程被杀死，而机器仍在运行；工作进程察觉后释放端口与数据并结束。")
        case .asked: askedSentence
        case .unknown: say("A worker ended, and too little is left to say why.", "有工作进程结束，但留下的证据不足以判断原因。")
        }
    }

    private var stop: String { say(".", "。") }

    private var trapSentence: String {
        if let failure = certificate.crash?.failure {
            return say("The worker stopped at a mistake in its own code, “\(failure)”", "工作进程因自身代码的错误“\(failure)”而停止") + placeWords + stop
        }
        if let check {
            return say("The worker stopped at a mistake in its own code: a check of `\(check)` failed", "工作进程因自身代码的错误而停止：`\(check)` 的检查未通过")
                + placeWords + stop
        }
        return say("The worker stopped at a mistake in its own code", "工作进程因自身代码的错误而停止") + placeWords + stop
    }

    private var stackSentence: String {
        guard certificate.crash != nil else {
            return say(
                "The worker most likely ran out of stack: it died of a bad memory access that left no backtrace, as only a used-up stack does.",
                "工作进程很可能栈耗尽：它因内存访问错误而结束，却没有留下调用栈，只有栈耗尽才会如此。")
        }
        return say("The worker ran out of stack: a function calls itself without end", "工作进程栈耗尽：某个函数无休止地调用自身") + placeWords + stop
    }

    /// The function that the house's own code called and that found the mistake.
    private var check: String? {
        guard let crash = certificate.crash, let own = crash.frames.firstIndex(where: \.isOwn),
            let function = crash.frames[..<own].last(where: { $0.function != nil })?.function
        else { return nil }
        return function.hasPrefix("_assertionFailure") || function.hasPrefix("_fatalErrorMessage") ? "fatalError/precondition" : function
    }

    /// ` in relay(_:) (Sources/Relay/Channel.swift:88)`; empty when no frame has a name.
    private var placeWords: String {
        guard let place = certificate.crash?.place, let function = place.function else { return "" }
        let at = place.location.map { say(" (\($0))", "（\($0)）") } ?? ""
        return say(", in `\(function)`\(at)", "，位于 `\(function)`\(at)")
    }

    private var memorySentence: String {
        if certificate.signal != 9 {
            let limit = certificate.resources.addressLimit.map { WhyFigure.memory($0) }
            return say("The worker ran out of memory: the system refused it more", "工作进程内存耗尽：系统拒绝继续分配")
                + (limit.map { say(", as it reached its limit of \($0) of address space (`ulimit -v`)", "，已达到 \($0) 的地址空间上限（`ulimit -v`）") }
                    ?? "")
                + (certificate.crash?.place?.isOwn == true ? placeWords : "") + stop
        }
        guard let limit = certificate.resources.memoryLimit else {
            return say("The kernel killed the worker because memory ran out.", "内存耗尽，内核杀死了工作进程。")
        }
        let size = WhyFigure.memory(limit)
        return say("The kernel killed the worker because it reached its memory limit of \(size).", "工作进程达到 \(size) 的内存上限，被内核杀死。")
    }

    private var foreignSentence: String {
        guard let sender = certificate.sender else {
            return say(
                "Somebody outside asked the worker to stop (\(signalName)); it was not the supervisor, and who it was could not be seen.",
                "外部要求工作进程停止（\(signalName)）；并非监督进程所为，发送者无法查到。")
        }
        let who = senderName(sender)
        return say("\(signalName) from \(who) stopped the worker; it was not the supervisor.", "\(who) 发送的 \(signalName) 停止了工作进程；并非监督进程所为。")
    }

    private var senderWords: String {
        guard let sender = certificate.sender else { return "" }
        return say(", sent by \(senderName(sender))", "，由 \(senderName(sender)) 发送")
    }

    private func senderName(_ sender: CertificateSender) -> String {
        let uid = sender.uid.map { say(", uid \($0)", "，uid \($0)") } ?? ""
        guard let command = sender.command, !command.isEmpty else {
            return say("pid \(sender.pid) (already gone\(uid))", "进程 \(sender.pid)（已不在\(uid)）")
        }
        return say("pid \(sender.pid) (`\(command)`\(uid))", "进程 \(sender.pid)（`\(command)`\(uid)）")
    }

    private var hangSentence: String {
        guard let hang = certificate.hang, !hang.name.isEmpty else {
            return say("The worker hung and was ended by its watchdog.", "工作进程卡死，被看门狗结束。")
        }
        guard let silent = hang.silent else {
            return say("The worker hung: `\(hang.name)` stood still", "工作进程卡死：`\(hang.name)` 停滞") + placeWords + stop
        }
        let lapse = WhyFigure.lapse(silent, in: language)
        return say("The worker hung: `\(hang.name)` had stood still for \(lapse)", "工作进程卡死：`\(hang.name)` 已停滞 \(lapse)") + placeWords
            + stop
    }

    private var refusalSentence: String {
        let code = certificate.exitCode ?? 0
        let meaning = ExitTable.meaning(ofCode: code)?.meaning.text(in: language) ?? ""
        let words = certificate.words ?? meaning
        let end = words.last.map { ".。!".contains($0) } ?? true
        return say(
            "The worker refused to start at \(stageWords), exit code \(code): \(words)", "工作进程在\(stageWords)拒绝启动，退出码 \(code)：\(words)")
            + (end ? "" : stop)
    }

    private var exitSentence: String {
        let code = certificate.exitCode ?? 0
        let words = certificate.words ?? ExitTable.meaning(ofCode: code)?.meaning.text(in: language) ?? ""
        return say("The worker ended in the middle of its work with exit code \(code): \(words).", "工作进程在工作中途以退出码 \(code) 结束：\(words)。")
    }

    private var askedSentence: String {
        guard let words = certificate.words else { return say("The worker ended as asked.", "工作进程按要求结束。") }
        return say("The worker ended as asked by \(words).", "工作进程按 \(words) 的要求结束。")
    }

    var signalName: String {
        guard let number = certificate.signal else { return say("a stop signal", "停止信号") }
        return ExitTable.meaning(ofSignal: number)?.name ?? say("signal \(number)", "信号 \(number)")
    }

    var stageWords: String {
        guard let stage = certificate.stage else { return say("an unknown stage", "未知阶段") }
        let name = stage.name.isEmpty ? "" : say(" (\(stage.name))", "（\(stage.name)）")
        return say("stage \(stage.number)\(name)", "第 \(stage.number) 阶段\(name)")
    }
}
