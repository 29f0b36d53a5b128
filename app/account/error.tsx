'use client'
export { FaultNotice as default } from '../_shell/fault-notice.tsx'
