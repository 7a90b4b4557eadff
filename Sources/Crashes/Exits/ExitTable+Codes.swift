// One row a code; sysexits(3) where it fits, own codes from 80 on.
extension ExitTable {
    static let ownCodes: [ExitMeaning] = [
        ExitMeaning(
            .own, 0, "OK", Wording("ended as asked", "按要求正常结束"), Wording("nothing to do", "无需处理")),
        ExitMeaning(
            .own, 1, "",
            Wording("this program never ends like this on purpose: a mistake of ours", "本程序不会主动以此退出：属于我们的缺陷"),
            Wording("report it with `switchboard bundle`", "请用 `switchboard bundle` 反馈")),
        ExitMeaning(
            .own, 3, "", Wording("`doctor` found warnings", "`doctor` 发现警告"),
            Wording("read what it printed; nothing is broken yet", "查看其输出；目前尚无故障")),
        ExitMeaning(
            .own, 4, "", Wording("`doctor` found something broken", "`doctor` 发现故障"),
            Wording("each finding has its remedy beside it", "每条结果旁附有处理办法")),
        ExitMeaning(
            .own, 5, "", Wording("`doctor` could not look at everything", "`doctor` 未能完成全部检查"),
            Wording("run it as the server's user", "请以服务所用的用户运行")),
        ExitMeaning(
            .own, 64, "EX_USAGE", Wording("wrong command line", "命令行有误"),
            Wording("the message names the word; `switchboard help` lists what there is", "消息会指出有误之处；`switchboard help` 列出全部命令")),
        ExitMeaning(
            .own, 65, "EX_DATAERR",
            Wording("data was refused: input of a command, or a database that is damaged or not ours", "数据被拒绝：命令的输入无效，或数据库损坏、并非本程序所有"),
            Wording(
                "the message names it; a damaged database: `switchboard doctor`, then a backup",
                "消息会指出原因；数据库损坏时先运行 `switchboard doctor`，再用备份恢复")),
        ExitMeaning(
            .own, 66, "EX_NOINPUT", Wording("a file that the settings name is missing or can't be read", "设置中指定的文件不存在或无法读取"),
            Wording("check the path and its permissions, as the server's user", "以服务所用的用户检查路径与权限")),
        ExitMeaning(
            .own, 67, "EX_NOUSER", Wording("no such member", "没有这个成员"), Wording("check the name or address", "检查姓名或邮箱")),
        ExitMeaning(
            .own, 68, "EX_NOHOST", Wording("a host name could not be found", "无法解析主机名"), Wording("check the name and DNS", "检查主机名与 DNS")),
        ExitMeaning(
            .own, 69, "EX_UNAVAILABLE",
            Wording("the port or the data directory is taken; its holder is named", "端口或数据目录已被占用，消息会指出占用者"),
            Wording(
                "stop the holder, or choose another with HTTP_PORT or DATA_DIR; nothing is ever taken by force",
                "停止占用者，或用 HTTP_PORT、DATA_DIR 另选；本程序从不强行抢占")),
        ExitMeaning(
            .own, 70, "EX_SOFTWARE", Wording("something unexpected: a mistake of ours", "意外情况：属于我们的缺陷"),
            Wording(
                "the message and `switchboard why` say where; report it with `switchboard bundle`",
                "消息与 `switchboard why` 会指出位置；请用 `switchboard bundle` 反馈")),
        ExitMeaning(
            .own, 71, "EX_OSERR",
            Wording("the operating system refused something basic: processes, memory, descriptors", "操作系统拒绝了基本资源：进程、内存或文件描述符"),
            Wording(
                "look at the limits (`ulimit -a`, LimitNOFILE, the container's) and at free memory",
                "检查限制（`ulimit -a`、LimitNOFILE、容器限制）与可用内存")),
        ExitMeaning(
            .own, 72, "EX_OSFILE", Wording("a file of the system is missing or unusable", "系统文件缺失或不可用"),
            Wording("the message names it; often /proc is not mounted", "消息会指出文件；常见原因是未挂载 /proc")),
        ExitMeaning(
            .own, 73, "EX_CANTCREAT", Wording("the data directory can't be made or used", "无法创建或使用数据目录"),
            Wording("check its owner, permissions and free space; network file systems are refused", "检查所有者、权限与剩余空间；不支持网络文件系统")),
        ExitMeaning(
            .own, 74, "EX_IOERR", Wording("reading or writing failed: the disk is full or broken", "读写失败：磁盘已满或损坏"),
            Wording("make room, look at `dmesg`; nothing was acknowledged that is not on disk", "清理空间并查看 `dmesg`；未落盘的内容不会被确认")),
        ExitMeaning(
            .own, 75, "EX_TEMPFAIL", Wording("a lock is held or a service is not there yet: later it may work", "锁被占用或依赖尚未就绪：稍后可能成功"),
            Wording("the holder is named; try again when it is done", "消息会指出占用者；待其结束后重试")),
        ExitMeaning(
            .own, 76, "EX_PROTOCOL", Wording("the running server speaks another version than this command", "正在运行的服务与此命令版本不一致"),
            Wording("use the command of the running release", "请使用正在运行的版本自带的命令")),
        ExitMeaning(
            .own, 77, "EX_NOPERM", Wording("permission denied", "权限不足"),
            Wording("run it as the server's user; secrets must be readable by that user alone", "以服务所用的用户运行；密钥文件须仅该用户可读")),
        ExitMeaning(
            .own, 78, "EX_CONFIG", Wording("settings: every mistake is named at once", "设置有误：会一次列出所有错误"),
            Wording("`switchboard config` shows each setting, its value and where it comes from", "`switchboard config` 显示每项设置的值与来源")),
        ExitMeaning(
            .own, 80, "MIGRATION_UNDONE",
            Wording("a migration failed and was rolled back whole: the data is as before", "数据库迁移失败并已整体回滚：数据保持原样"),
            Wording("the message names the statement; the previous release goes on working", "消息会指出语句；上一版本仍可使用")),
        ExitMeaning(
            .own, 81, "MIGRATION_STOPPED", Wording("a migration needs a person's decision", "数据库迁移需要人工决定"),
            Wording(
                "`switchboard migrate verify` shows every difference with both definitions; `switchboard migrate status` the history",
                "`switchboard migrate verify` 列出每处差异及双方定义；`switchboard migrate status` 显示迁移历史")),
        ExitMeaning(
            .own, 82, "SAFE_MODE_REFUSED", Wording("not even safe mode could be entered", "连安全模式也无法进入"),
            Wording("`switchboard why` and `switchboard doctor`, in this order", "依次运行 `switchboard why` 与 `switchboard doctor`")),
        ExitMeaning(
            .own, 83, "NOT_READY",
            Wording("the server started but did not become ready: its own test through the port failed", "服务已启动但未就绪：经由端口的自检失败"),
            Wording("`switchboard why` names the step", "`switchboard why` 会指出步骤")),
        ExitMeaning(
            .own, 84, "ROLLED_BACK", Wording("a new release was taken back; the one before it serves", "新版本已回退，由上一版本提供服务"),
            Wording("its report says which figure got worse", "报告会指出哪项指标变差")),
        ExitMeaning(
            .own, 85, "SCHEMA_NEWER", Wording("the database was brought up to date by a newer release than this", "数据库已由更新的版本升级"),
            Wording("start that release again, or restore the backup it made", "请启动该版本，或恢复其所做的备份")),
        ExitMeaning(
            .own, 86, "WRONG_BINARY",
            Wording("this is not the program that was meant: another build, or a feature is missing", "程序不符：构建不同或缺少功能"),
            Wording("`switchboard version` says what it is; unpack the release again", "`switchboard version` 显示其身份；请重新解包发行版")),
        ExitMeaning(
            .own, 87, "STOOD_STILL", Wording("a stage of the start made no progress until its deadline", "启动的某个阶段在期限内没有进展"),
            Wording("`switchboard why` names the stage and what its threads waited for", "`switchboard why` 会指出阶段及线程在等什么")),
    ]

    static let foreignCodes: [ExitMeaning] = [
        ExitMeaning(
            .foreign, 124, "TIMEOUT", Wording("timeout(1) ended the command: its time was up", "timeout(1) 到时结束了命令"),
            Wording("don't start a server under `timeout`", "请勿用 `timeout` 启动服务")),
        ExitMeaning(
            .foreign, 125, "",
            Wording("the container runtime or `timeout` itself failed: the program never ran", "容器运行时或 `timeout` 自身失败：程序并未运行"),
            Wording("read its own message", "查看其自身的消息")),
        ExitMeaning(
            .foreign, 126, "", Wording("the program is there but can't be run", "程序存在但无法执行"),
            Wording("`chmod +x`; a file system mounted `noexec`; another processor's binary", "`chmod +x`；检查文件系统是否以 `noexec` 挂载、处理器架构是否一致")),
        ExitMeaning(
            .foreign, 127, "", Wording("the program or a library of it was not found", "找不到程序或其所需的库"),
            Wording("check the path; `ldd switchboard` names missing libraries", "检查路径；`ldd switchboard` 列出缺失的库")),
        ExitMeaning(
            .foreign, 128, "", Wording("a shell was told to exit with something that is no code", "shell 的 exit 参数无效"),
            Wording("look at the script that starts the server", "检查启动服务的脚本")),
        ExitMeaning(
            .foreign, 255, "", Wording("ssh, or a script, gave up: -1", "ssh 或脚本失败：-1"),
            Wording("look at the connection and at the script", "检查连接与脚本")),
    ]
}
