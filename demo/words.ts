/** What the demo's videos are about, and how people ask for it. */
export interface Category {
  topics: readonly string[]
  aspects: readonly string[]
  accounts: readonly string[]
}

export const categories: readonly Category[] = [
  {
    topics: ['红烧肉', '麻婆豆腐', '戚风蛋糕', '酸菜鱼', '凉皮', '手冲咖啡'],
    aspects: ['家常做法', '怎么做', '零失败', '减脂版', '正宗配方', '简单教程'],
    accounts: ['老王的厨房', '小满食记', '一人食研究所', '川味阿姨'],
  },
  {
    topics: ['成都', '大理', '青岛', '哈尔滨', '敦煌', '西湖'],
    aspects: ['三日游攻略', '美食推荐', '航拍', '避坑指南', '亲子游', '自驾路线'],
    accounts: ['走遍中国', '周末出发', '背包阿杰', '慢游手账'],
  },
  {
    topics: ['八段锦', '跳绳', '瑜伽', '引体向上', '太极拳', '晨跑'],
    aspects: ['入门', '完整版跟练', '标准动作', '常见错误', '每天十分钟', '呼吸方法'],
    accounts: ['教练小林', '健康每一天', '动起来', '阿姨跟我练'],
  },
  {
    topics: ['手机摄影', '机械键盘', '无人机', '笔记本电脑', '蓝牙耳机', '微单相机'],
    aspects: ['评测', '开箱', '新手教程', '对比', '选购指南', '值得买吗'],
    accounts: ['数码老张', '硬核测评室', '好物情报局', '光影笔记'],
  },
  {
    topics: ['橘猫', '柯基', '仓鼠', '鹦鹉', '金鱼', '布偶猫'],
    aspects: ['搞笑瞬间', '日常', '喂养知识', '训练方法', '洗澡', '怎么挑选'],
    accounts: ['喵星观察员', '汪汪日记', '萌宠小院', '铲屎官手册'],
  },
  {
    topics: ['毛笔字', '吉他弹唱', '钢琴', '折纸', '编绳', '剪纸'],
    aspects: ['零基础教学', '简单又好看', '一步一步', '儿童版', '指法练习', '作品欣赏'],
    accounts: ['墨香书院', '弦上时光', '巧手妈妈', '美育课堂'],
  },
]

/** Ends of titles: what they say is what one gets. */
export const plainHooks = ['详细讲解', '收藏备用', '一看就会', '实拍记录', '完整过程', '干货分享'] as const

/** Ends of titles that promise more than the video holds. */
export const baitHooks = ['最后一秒惊呆了', '看完我哭了', '99%的人都不知道', '千万别错过', '内行人从不外传'] as const
